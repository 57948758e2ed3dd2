package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import java.util.Objects;

/**
 * A mutation or action that runs again and again. Of one cron at most one run is under way; a time that comes while one
 * is, or while the server is down, is left out.
 *
 * @param name tells crons apart, in the log and in the table of scheduled functions; no two have the same
 * @param path the function's
 */
public record CronDefinition(String name, CronSchedule schedule, String path, ConvexObject arguments) {
    public CronDefinition {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(arguments, "arguments");
    }
}
