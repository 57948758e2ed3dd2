/**
 * The commands of {@code ./freshet}. Each is one class; {@code Main} lists them and turns failures into exit codes.
 */
@NullMarked
package dev.freshet.cli;

import org.jspecify.annotations.NullMarked;
