/**
 * Which event ids were received in the last day, exactly: the newest in memory, all others in sorted files that hold whole
 * ids, so that no likeness of hashes is ever taken for a repeat. What is not in the files yet, the event log still has.
 */
@NullMarked
package dev.freshet.duplicates;

import org.jspecify.annotations.NullMarked;
