package dev.freshet.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.benchmarks.kill.KillRounds;
import dev.freshet.benchmarks.kill.KillVerdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillIT {
    @TempDir
    private Path dataFolder;

    @Test
    void acknowledgedEventsSurviveKillMinusNineOnceInTheTableAndInEveryRollup()
            throws IOException, InterruptedException {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("seed " + seed);

        List<KillVerdict> verdicts = new KillRounds(Checkout.root(), dataFolder, seed, System.out).run(5);

        assertThat(verdicts).hasSize(5).allMatch(KillVerdict::isKept);
        assertThat(verdicts.getLast().acknowledged()).isGreaterThan(500);
    }
}
