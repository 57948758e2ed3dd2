/**
 * Tests of the whole: the real launcher starts a real server in a process of its own; scripts, official clients and a
 * real browser use it as people do.
 */
@NullMarked
package dev.freshet.systemtests;

import org.jspecify.annotations.NullMarked;
