package dev.freshet.sync.simulation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A rule was broken. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final Rule rule;

    Violation(Rule rule, String what) {
        super(rule + ": " + what);
        this.rule = rule;
    }

    Rule rule() {
        return rule;
    }

    static void require(boolean holds, Rule rule, String what, @Nullable Object... details) {
        if (!holds) {
            throw new Violation(rule, what + " " + Arrays.toString(details));
        }
    }
}
