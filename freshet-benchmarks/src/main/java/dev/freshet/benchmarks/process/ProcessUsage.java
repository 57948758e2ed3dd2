package dev.freshet.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What the operating system reckons a process has used. Linux only, as it reads {@code /proc}. */
public record ProcessUsage(Duration processorTime, long residentBytes) {
    /** @param pid of a process that is alive */
    public static ProcessUsage of(long pid) throws IOException {
        Duration processorTime = ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(() -> new IOException("there is no process " + pid));
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                long kilobytes = Long.parseLong(line.replaceAll("\\D", ""));
                return new ProcessUsage(processorTime, kilobytes * 1024);
            }
        }
        throw new IOException("/proc/" + pid + "/status has no VmRSS");
    }

    public double residentMegabytes() {
        return residentBytes / 1e6;
    }
}
