package dev.freshet.sync.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.value.ConvexValue;
import dev.freshet.sync.simulation.HistoryChecker.Commit;
import dev.freshet.sync.simulation.Simulation.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random clients on a bad network against the real tier, and what they saw against a plain model. {@code -Dfreshet.seed=}
 * runs from a given seed on, {@code -Dfreshet.simulations=} so many of them; even seeds have durable tables and restarts.
 */
@Timeout(600)
class NetworkFuzzTest {
    private static final int SIMULATIONS = Integer.getInteger("freshet.simulations", 5);
    private static final int STEPS = Integer.getInteger("freshet.steps", 1_500);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final long seed = Long.getLong("freshet.seed", System.nanoTime());

    @TempDir
    private Path folder;

    @Test
    void everybodySeesOneHistoryWhateverTheNetworkDoes() throws IOException {
        for (int number = 0; number < SIMULATIONS; number++) {
            long own = seed + number;
            var _ = run(new Settings(own, STEPS, own % 2 == 0, Sabotage.NONE, PATIENCE), true);
        }
    }

    private List<Commit> run(Settings settings, boolean isTold) throws IOException {
        System.out.println("NetworkFuzzTest seed " + settings.seed());
        try (Simulation simulation = new Simulation(Files.createTempDirectory(folder, "server"), settings)) {
            try {
                List<Commit> commits = simulation.run();
                System.out.println(simulation.summary());
                return commits;
            } catch (AssertionError | RuntimeException failure) {
                if (isTold) {
                    System.out.println(simulation.history.lastEvents());
                }
                throw failure;
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.freshet.sync.simulation.Sabotage#all")
    void eachKindOfFaultIsNoticed(Sabotage sabotage) {
        boolean hangs = sabotage.broken().contains(Rule.CONFIRMED);
        List<Rule> noticedBy = new ArrayList<>();
        // Now and then a fault is noticed first by what follows from it; its own rule must see it in one of three
        // stories.
        for (int story = 0; story < 3 && noticedBy.stream().noneMatch(sabotage.broken()::contains); story++) {
            Settings settings =
                    new Settings(seed + story, 600, false, sabotage, hangs ? Duration.ofSeconds(1) : PATIENCE);
            assertThatThrownBy(() -> run(settings, false))
                    .isInstanceOfSatisfying(Violation.class, violation -> noticedBy.add(violation.rule()));
        }
        assertThat(noticedBy).containsAnyElementsOf(sabotage.broken());
    }

    @Test
    void aWrongAuditIsNoticed() throws IOException {
        Settings settings = new Settings(seed | 1, 600, false, Sabotage.NONE, PATIENCE);
        try (Simulation simulation = new Simulation(Files.createTempDirectory(folder, "server"), settings)) {
            List<Commit> commits = simulation.run();
            int move = indexOfMove(commits);

            List<Commit> withoutOne = new ArrayList<>(commits);
            withoutOne.remove(move);
            assertRuleBroken(simulation, withoutOne, EnumSet.of(Rule.SERIALIZABLE, Rule.CONFIRMED));

            List<Commit> withAnother = new ArrayList<>(commits);
            Commit done = commits.get(move);
            withAnother.set(
                    move, new Commit(done.timestampNs(), done.function(), done.call(), done.by(), ConvexValue.of(0.5)));
            assertRuleBroken(simulation, withAnother, EnumSet.of(Rule.SERIALIZABLE));

            List<Commit> withOneTwice = new ArrayList<>(commits);
            withOneTwice.add(new Commit(
                    commits.getLast().timestampNs() + 1, done.function(), done.call(), done.by(), done.result()));
            assertRuleBroken(simulation, withOneTwice, EnumSet.of(Rule.EXACTLY_ONCE));
        }
    }

    private static int indexOfMove(List<Commit> commits) {
        for (int index = 0; index < commits.size(); index++) {
            Commit commit = commits.get(index);
            if (commit.function().equals("stock:move") && !commit.result().equals(ConvexValue.of(0))) {
                return index;
            }
        }
        throw new AssertionError("nothing was moved");
    }

    private static void assertRuleBroken(Simulation simulation, List<Commit> commits, Set<Rule> rules) {
        assertThatThrownBy(() -> HistoryChecker.check(simulation.history, commits))
                .isInstanceOfSatisfying(
                        Violation.class,
                        violation -> assertThat(violation.rule()).isIn(rules));
    }
}
