/**
 * The one HTTP port: routes, the sync WebSocket, the web app's files, health and metrics; and beside it the read-only
 * ClickHouse interface. Turns bytes into calls of the parts below and their refusals into statuses, and decides nothing else.
 */
@NullMarked
package dev.freshet.http;

import org.jspecify.annotations.NullMarked;
