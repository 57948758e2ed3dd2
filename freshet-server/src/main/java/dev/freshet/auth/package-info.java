/**
 * Who is calling, and how that is proven: passwords, sign-in, the tokens of members, write keys and the admin key. Knows
 * nothing of HTTP; what a refusal looks like on the wire is decided there.
 */
@NullMarked
package dev.freshet.auth;

import org.jspecify.annotations.NullMarked;
