@NullMarked
package dev.freshet.reactive;

import org.jspecify.annotations.NullMarked;
