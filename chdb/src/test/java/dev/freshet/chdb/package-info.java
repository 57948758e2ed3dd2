@NullMarked
package dev.freshet.chdb;

import org.jspecify.annotations.NullMarked;
