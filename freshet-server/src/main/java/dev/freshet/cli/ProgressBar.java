package dev.freshet.cli;

import dev.freshet.importer.Backfill;
import dev.freshet.importer.ImportSummary;
import java.io.Console;
import java.io.PrintStream;
import java.util.Optional;

/** Draws how far an import is, on one line of a terminal; says nothing where there is no terminal. */
final class ProgressBar implements Backfill.Progress {
    private static final int CELLS = 30;
    private static final long REDRAW_NANOS = 100_000_000;

    private final PrintStream terminal;
    private final boolean isDrawn;
    private long drawnAtNanos;

    ProgressBar(PrintStream terminal, boolean isDrawn) {
        this.terminal = terminal;
        this.isDrawn = isDrawn;
        drawnAtNanos = System.nanoTime() - REDRAW_NANOS;
    }

    /** True when a person looks on: a console that is there and is a terminal. */
    static boolean isTerminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    @Override
    public void advanced(long bytesRead, long bytesInAll, ImportSummary soFar) {
        boolean isEnd = bytesRead >= bytesInAll;
        long nowNanos = System.nanoTime();
        if (!isDrawn || (!isEnd && nowNanos - drawnAtNanos < REDRAW_NANOS)) {
            return;
        }
        drawnAtNanos = nowNanos;
        int filled = bytesInAll == 0 ? CELLS : (int) (CELLS * Math.min(bytesRead, bytesInAll) / bytesInAll);
        terminal.printf(
                "\r[%s%s] %,d lines%s",
                "#".repeat(filled), ".".repeat(CELLS - filled), soFar.lines(), isEnd ? System.lineSeparator() : "");
        terminal.flush();
    }
}
