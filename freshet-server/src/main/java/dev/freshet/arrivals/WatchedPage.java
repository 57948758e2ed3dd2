package dev.freshet.arrivals;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A page of dead letters that is watched. Confined to the thread {@code arrivals}, but for {@link #load}. */
final class WatchedPage {
    /** What one letter may take. */
    static final long LETTER_BYTES = 20 * 1024;

    private final LetterPageKey key;
    private long awaitedPosition;
    private boolean isAwaiting;
    private boolean isWanted = true;
    private boolean isLoading;
    private long notBeforeNs;
    private long loadingBytes;
    private @Nullable LetterPage shown;
    private volatile Optional<LetterPlace> end;

    WatchedPage(LetterPageKey key, long nowNs) {
        this.key = key;
        this.end = key.through();
        this.notBeforeNs = nowNs;
    }

    LetterPageKey key() {
        return key;
    }

    /** There may be a letter of this page up to the position, which ClickHouse must have before it can be loaded. */
    void await(long position) {
        awaitedPosition = Math.max(awaitedPosition, position);
        isAwaiting = true;
    }

    /** Letters may have come that are not awaited. */
    void lookAgain() {
        isWanted = true;
    }

    /** Whether to load now. */
    boolean isDue(long nowNs, long insertedPosition) {
        boolean isThere = isAwaiting && insertedPosition >= awaitedPosition;
        return (isWanted || isThere) && !isLoading && nowNs - notBeforeNs >= 0;
    }

    /** What it may take of the memory for all pages, now or once it is loaded; one letter at least. */
    long heldBytes() {
        long shownBytes = shown == null ? 0 : shown.bytes();
        return Math.max(LETTER_BYTES, isLoading ? Math.max(loadingBytes, shownBytes) : shownBytes);
    }

    /** What it could come to. */
    long mostBytes() {
        return LETTER_BYTES * key.letters() * LetterPage.MOST_GROWTH;
    }

    boolean isLoading() {
        return isLoading;
    }

    /** @param mostBytes that the page may take then */
    void loading(long nowNs, long paceNs, long insertedPosition, long mostBytes) {
        loadingBytes = Math.min(mostBytes, mostBytes());
        isWanted = false;
        isAwaiting &= insertedPosition < awaitedPosition;
        isLoading = true;
        notBeforeNs = nowNs + paceNs;
    }

    void failed(long retryAtNs) {
        isLoading = false;
        isWanted = true;
        notBeforeNs = retryAtNs;
    }

    /** @return whether it differs from what was shown before */
    boolean loaded(LetterPage page) {
        isLoading = false;
        boolean hasChanged = !page.equals(shown);
        shown = page;
        return hasChanged;
    }

    /** Asks ClickHouse; blocks, on the thread that does so for all pages. */
    LetterPage load(StoredArrivals store, long mostBytes) {
        Optional<LetterPlace> known = end;
        if (known.isPresent()) {
            // Whatever came meanwhile: whoever has the next page began it behind this end.
            int most = key.letters() * LetterPage.MOST_GROWTH;
            return LetterPage.through(
                    key, known.get(), store.letters(key.teamId(), key.after(), known.get(), most + 1), mostBytes);
        }
        LetterPage fresh = LetterPage.fresh(
                key, store.letters(key.teamId(), key.after(), LetterPlace.END, key.letters() + 1), mostBytes);
        end = Optional.of(fresh.end());
        return fresh;
    }
}
