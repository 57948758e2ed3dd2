/**
 * A real server in a process of its own, started by the launcher as a person would, and the means to look at it from
 * outside: HTTP, ClickHouse's interface, the operating system's accounting.
 */
@NullMarked
package dev.freshet.benchmarks.process;

import org.jspecify.annotations.NullMarked;
