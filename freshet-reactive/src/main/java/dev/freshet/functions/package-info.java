/**
 * Runs queries, mutations and actions over the tables: finds them by path, checks arguments and guards, shares one
 * execution of a query among all who ask the same, and makes a mutation happen exactly once.
 */
@NullMarked
package dev.freshet.functions;

import org.jspecify.annotations.NullMarked;
