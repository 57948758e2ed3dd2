/**
 * What a function module is written against: modules and their tables, validators, contexts, callers and errors. Small
 * and stable; a module that compiles against this package knows nothing of the runtime that calls it.
 */
@NullMarked
package dev.freshet.functions.api;

import org.jspecify.annotations.NullMarked;
