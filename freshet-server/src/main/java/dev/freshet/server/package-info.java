/**
 * The process: its configuration, and the one file that puts the parts together and starts and stops them in order.
 */
@NullMarked
package dev.freshet.server;

import org.jspecify.annotations.NullMarked;
