/**
 * The benchmarks behind {@code ./freshet bench}, each with its baseline in the same run.
 */
@NullMarked
package dev.freshet.benchmarks;

import org.jspecify.annotations.NullMarked;
