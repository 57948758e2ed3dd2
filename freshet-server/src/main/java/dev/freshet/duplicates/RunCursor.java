package dev.freshet.duplicates;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Walks the ids of one section of a run in their order. Confined to one thread. */
final class RunCursor {
    private final Run run;
    private final RunSection section;
    private final ByteBuffer page;
    private final long[] highs;
    private final long[] lows;
    private final long[] times;
    private int nextPage;
    private int count;
    private int index = -1;

    /** @param page holds nothing between two calls, so that cursors of one thread may share it */
    RunCursor(Run run, RunSection section, ByteBuffer page) {
        this.page = page;
        this.run = run;
        this.section = section;
        int most = (int) Math.min(section.ids(), PageCodec.MOST_IDS);
        highs = new long[most];
        lows = new long[most];
        times = new long[most];
    }

    /** Moves to the next id; false when there is none. */
    boolean next() throws IOException {
        index++;
        if (index < count) {
            return true;
        }
        if (nextPage == section.pages()) {
            return false;
        }
        run.page(section, nextPage++, page);
        count = PageCodec.decode(page, highs, lows, times);
        index = 0;
        return true;
    }

    long high() {
        return highs[index];
    }

    long low() {
        return lows[index];
    }

    /** The latest that the id can have been received first. */
    long receivedAtMs() {
        RunFacts facts = run.facts();
        return facts.timeBits() == 0 ? facts.newestMs() : facts.latestMs(times[index]);
    }
}
