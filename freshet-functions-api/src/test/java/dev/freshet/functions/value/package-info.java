@NullMarked
package dev.freshet.functions.value;

import org.jspecify.annotations.NullMarked;
