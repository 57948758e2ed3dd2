@NullMarked
package dev.freshet.fuzzing;

import org.jspecify.annotations.NullMarked;
