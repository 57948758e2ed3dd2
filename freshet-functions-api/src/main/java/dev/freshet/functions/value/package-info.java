/**
 * The values that functions take and return and that tables hold: Convex's eight types, their total order, size and
 * limits. Values are immutable and well-formed once built, so that nothing downstream checks them again.
 */
@NullMarked
package dev.freshet.functions.value;

import org.jspecify.annotations.NullMarked;
