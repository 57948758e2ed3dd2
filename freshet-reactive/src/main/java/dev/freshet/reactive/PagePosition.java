package dev.freshet.reactive;

/** A place between the documents of a query, in its direction. */
sealed interface PagePosition {
    /** Behind the document of this key. */
    record Behind(IndexKey key) implements PagePosition {}

    /** Behind all that there is and all that will come. */
    record End() implements PagePosition {}
}
