/**
 * How fast events are taken, beside what the engine alone, a plain Node.js service and QuestDB do with the same events in
 * the same run.
 */
@NullMarked
package dev.freshet.benchmarks.ingest;

import org.jspecify.annotations.NullMarked;
