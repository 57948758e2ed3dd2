package dev.freshet.arrivals;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchedPageTest {
    private final ModelStore store = new ModelStore();
    private final StoredArrivals arrivals = store.arrivals();

    private static LetterPageKey key(LetterPlace after, Optional<LetterPlace> through, int letters) {
        return new LetterPageKey("team", after, through, letters);
    }

    private static WatchedPage page(LetterPlace after, int letters) {
        return new WatchedPage(key(after, Optional.empty(), letters), 0);
    }

    /** Letters with the bodies {@code from} to {@code to}, a millisecond apart, two in each. */
    private void letters(long from, long to) {
        for (long number = from; number <= to; number++) {
            store.letter("team", number / 2, number, Long.toString(number));
            store.letter("other team", number / 2, number, "other");
        }
    }

    private static List<Long> numbers(LetterPage page) {
        return page.letters().stream()
                .map(kept -> Long.parseLong(kept.letter().body()))
                .toList();
    }

    private static List<Long> down(long from, long to) {
        return LongStream.rangeClosed(to, from)
                .map(number -> from + to - number)
                .boxed()
                .toList();
    }

    @Test
    void pagesFollowEachOtherWithoutGapsAndTheLastSaysSo() {
        letters(1, 25);

        LetterPage first = page(LetterPlace.START, 10).load(arrivals, Long.MAX_VALUE);
        LetterPage second = page(first.end(), 10).load(arrivals, Long.MAX_VALUE);
        LetterPage third = page(second.end(), 10).load(arrivals, Long.MAX_VALUE);

        assertThat(numbers(first)).isEqualTo(down(25, 16));
        assertThat(numbers(second)).isEqualTo(down(15, 6));
        assertThat(numbers(third)).isEqualTo(down(5, 1));
        assertThat(first.isLast()).isFalse();
        assertThat(third.isLast()).isTrue();
        assertThat(page(third.end(), 10).load(arrivals, Long.MAX_VALUE)).satisfies(behind -> {
            assertThat(behind.letters()).isEmpty();
            assertThat(behind.isLast()).isTrue();
        });
    }

    @Test
    void anOpenPageKeepsItsEndWhenLettersCome() {
        letters(1, 25);
        WatchedPage first = page(LetterPlace.START, 10);
        LetterPage before = first.load(arrivals, Long.MAX_VALUE);

        letters(26, 30);
        LetterPage after = first.load(arrivals, Long.MAX_VALUE);

        assertThat(numbers(after)).isEqualTo(down(30, 16));
        assertThat(after.end()).isEqualTo(before.end());
        assertThat(numbers(page(before.end(), 10).load(arrivals, Long.MAX_VALUE)))
                .isEqualTo(down(15, 6));
    }

    @Test
    void aPageThatGrewSaysWhereToDivideIt() {
        letters(1, 25);
        WatchedPage first = page(LetterPlace.START, 10);
        LetterPlace end = first.load(arrivals, Long.MAX_VALUE).end();

        letters(26, 37);
        LetterPage grown = first.load(arrivals, Long.MAX_VALUE);
        LetterPlace middle = grown.split().orElseThrow();
        LetterPage newer =
                new WatchedPage(key(LetterPlace.START, Optional.of(middle), 10), 0).load(arrivals, Long.MAX_VALUE);
        LetterPage older = new WatchedPage(key(middle, Optional.of(end), 10), 0).load(arrivals, Long.MAX_VALUE);

        List<Long> both = new ArrayList<>(numbers(newer));
        both.addAll(numbers(older));
        assertThat(both).isEqualTo(numbers(grown)).isEqualTo(down(37, 16));
        assertThat(newer.end()).isEqualTo(middle);
        assertThat(older.end()).isEqualTo(end);
    }

    /** As the official hook for pages does: what must be divided is not shown, but both parts of it are. */
    private List<Long> divided(LetterPlace after, LetterPage page) {
        if (page.isWhole()) {
            return numbers(page);
        }
        LetterPlace middle = page.split().orElseThrow();
        List<Long> both = new ArrayList<>();
        both.addAll(divided(
                after, new WatchedPage(key(after, Optional.of(middle), 10), 0).load(arrivals, Long.MAX_VALUE)));
        both.addAll(divided(
                middle, new WatchedPage(key(middle, Optional.of(page.end()), 10), 0).load(arrivals, Long.MAX_VALUE)));
        return both;
    }

    @Test
    void aPageThatGrewTooLongMustBeDividedAndNothingIsJumpedOver() {
        letters(1, 25);
        WatchedPage first = page(LetterPlace.START, 10);
        LetterPage before = first.load(arrivals, Long.MAX_VALUE);
        WatchedPage next = page(before.end(), 10);
        assertThat(numbers(next.load(arrivals, Long.MAX_VALUE))).isEqualTo(down(15, 6));

        letters(26, 200);
        LetterPage after = first.load(arrivals, Long.MAX_VALUE);

        assertThat(after.isWhole()).isFalse();
        assertThat(after.letters()).hasSize(40);
        assertThat(after.end()).as("the next page begins there").isEqualTo(before.end());
        assertThat(divided(LetterPlace.START, after)).isEqualTo(down(200, 16));
        assertThat(numbers(next.load(arrivals, Long.MAX_VALUE))).isEqualTo(down(15, 6));
    }

    @Test
    void aPageUpToAGivenEndIsCutAndSaysSoWhereItIsTooLong() {
        letters(1, 100);
        LetterPlace end = new LetterPlace(1, 2);

        LetterPage page =
                new WatchedPage(key(LetterPlace.START, Optional.of(end), 10), 0).load(arrivals, Long.MAX_VALUE);

        assertThat(page.letters()).hasSize(40);
        assertThat(page.isWhole()).isFalse();
        assertThat(page.split()).isPresent();
    }

    /** Whatever comes and goes, the pages that a reader has open hold every letter up to the first page's end once. */
    @Test
    void openPagesNeverLoseOrRepeatALetter() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        letters(1, 1 + random.nextInt(60));
        long newest = store.questions() == 0
                ? numbers(page(LetterPlace.START, 100).load(arrivals, Long.MAX_VALUE))
                        .size()
                : 0;
        List<WatchedPage> open = new ArrayList<>();
        LetterPlace after = LetterPlace.START;
        int size = 5 + random.nextInt(20);
        for (int count = 0; count < 3; count++) {
            WatchedPage next = page(after, size);
            after = next.load(arrivals, Long.MAX_VALUE).end();
            open.add(next);
        }
        int expected = 0;
        for (WatchedPage page : open) {
            expected += page.load(arrivals, Long.MAX_VALUE).letters().size();
        }
        for (int round = 0; round < 20; round++) {
            int more = random.nextInt(3 * size);
            letters(newest + 1, newest + more);
            newest += more;
            List<Long> shown = new ArrayList<>();
            open.forEach(page -> shown.addAll(divided(page.key().after(), page.load(arrivals, Long.MAX_VALUE))));
            expected += more;
            assertThat(shown).as("seed %d, round %d", seed, round).isEqualTo(down(newest, newest - expected + 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", ":", "1:", ":1", "a:1", "1:-1", "-1:1", "1:1:1", "9999999999999999999:1", "1: 1"})
    void whatIsNoPlaceIsNone(String text) {
        assertThat(LetterPlace.ofText(text)).isEmpty();
    }

    @Test
    void aKeyComesBackFromItsText() {
        LetterPageKey whole = key(new LetterPlace(17, 4), Optional.of(LetterPlace.END), 7);
        LetterPageKey open = key(LetterPlace.START, Optional.empty(), 100);

        assertThat(LetterPageKey.ofText(whole.text())).isEqualTo(whole);
        assertThat(LetterPageKey.ofText(open.text())).isEqualTo(open);
    }
}
