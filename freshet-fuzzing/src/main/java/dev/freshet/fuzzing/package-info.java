/**
 * Fuzz targets, one for each decoder of bytes that strangers send or disks give back, and the program that runs them under a
 * fuzzer. A target takes any bytes: its decoder may refuse them as it says that it does, and must do nothing else. Targets of
 * decoders that are no one else's business stand in their packages.
 */
@NullMarked
package dev.freshet.fuzzing;

import org.jspecify.annotations.NullMarked;
