/**
 * The product's functions, as Convex's clients call them, over live metrics and documents; and what says who a caller is.
 */
@NullMarked
package dev.freshet.dashboards;

import org.jspecify.annotations.NullMarked;
