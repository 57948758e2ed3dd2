/**
 * The protocols of SDKs that teams have already: Segment's, RudderStack's and PostHog's. Each decoder turns a request as an
 * SDK sends it into the rows that the native endpoint makes of its own. An SDK cannot mend its events, so whatever can be
 * adapted is, and what cannot becomes a dead letter.
 */
@NullMarked
package dev.freshet.dialect;

import org.jspecify.annotations.NullMarked;
