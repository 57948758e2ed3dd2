/** How a benchmark says what it measured: a table for people, JSON for programs. */
@NullMarked
package dev.freshet.benchmarks.report;

import org.jspecify.annotations.NullMarked;
