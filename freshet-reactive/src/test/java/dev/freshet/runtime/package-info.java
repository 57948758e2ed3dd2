@NullMarked
package dev.freshet.runtime;

import org.jspecify.annotations.NullMarked;
