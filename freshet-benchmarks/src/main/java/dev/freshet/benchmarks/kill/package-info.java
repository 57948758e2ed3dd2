/**
 * Kills a server under load and counts what is left: every acknowledged event must be there once, in the table and in
 * every rollup, every other at most once.
 */
@NullMarked
package dev.freshet.benchmarks.kill;

import org.jspecify.annotations.NullMarked;
