package dev.freshet.reactive;

import java.util.Optional;

/**
 * A document is put in place of what was there, or taken away.
 *
 * @param document the new content; empty takes the document away
 */
record DocumentWrite(String table, String id, Optional<Document> document) {}
