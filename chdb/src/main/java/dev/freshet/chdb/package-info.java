/**
 * ClickHouse inside the JVM: the engine of libchdb through the Foreign Function and Memory API.
 *
 * <p>Start at {@code Chdb}: it opens the one engine a process may have on a data folder and hands its statements to a
 * small pool of native connections.
 */
@NullMarked
package dev.freshet.chdb;

import org.jspecify.annotations.NullMarked;
