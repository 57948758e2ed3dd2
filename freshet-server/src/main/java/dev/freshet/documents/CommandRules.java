package dev.freshet.documents;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.InvalidOptionsException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the embedded server needs to know of a command before it runs it: whether it may write, and whether it carries an
 * option that the library would accept and ignore. Pure functions.
 */
final class CommandRules {
    /** Everything that is not named here is taken for a write and waits for a commit: too slow is better than lost. */
    private static final Set<String> READS = Set.of(
            "buildinfo",
            "collstats",
            "connectionstatus",
            "count",
            "dbstats",
            "distinct",
            "endsessions",
            "find",
            "getmore",
            "hello",
            "hostinfo",
            "ismaster",
            "killcursors",
            "listcollections",
            "listdatabases",
            "listindexes",
            "ping",
            "serverstatus",
            "validate",
            "whatsmyuri");

    private static final Set<String> IGNORED_INDEX_OPTIONS = Set.of(
            "collation", "expireAfterSeconds", "hidden", "partialFilterExpression", "weights", "wildcardProjection");
    private static final Set<String> IGNORED_COLLECTION_OPTIONS = Set.of(
            "collation",
            "expireAfterSeconds",
            "pipeline",
            "timeseries",
            "validationAction",
            "validationLevel",
            "validator",
            "viewOn");
    private static final Map<String, String> STATEMENT_LISTS = Map.of("update", "updates", "delete", "deletes");

    private CommandRules() {}

    static boolean mayWrite(String command, Document request) {
        String name = command.toLowerCase(Locale.ROOT);
        if (name.equals("aggregate")) {
            return stages(request).anyMatch(stage -> stage.containsKey("$out") || stage.containsKey("$merge"));
        }
        return !READS.contains(name);
    }

    /** Throws where the library would answer ok and do something else than asked. */
    static void refuseIgnoredOptions(String command, Document request) {
        switch (command.toLowerCase(Locale.ROOT)) {
            case "createindexes" -> documents(request.get("indexes")).forEach(CommandRules::checkIndex);
            case "create" -> refuse("create", request, IGNORED_COLLECTION_OPTIONS);
            case "aggregate" -> {
                refuse("aggregate", request, Set.of("collation"));
                if (stages(request).anyMatch(stage -> stage.containsKey("$changeStream"))) {
                    throw new InvalidOptionsException("change streams are not served by the embedded server");
                }
            }
            case "find", "count", "distinct", "findandmodify" -> refuse(command, request, Set.of("collation"));
            case "update", "delete" ->
                documents(request.get(STATEMENT_LISTS.get(command.toLowerCase(Locale.ROOT))))
                        .forEach(statement -> refuse(command, statement, Set.of("collation")));
            default -> {
                // No other command has an option that is known to be ignored.
            }
        }
    }

    private static void checkIndex(Document index) {
        refuse("createIndexes", index, IGNORED_INDEX_OPTIONS);
        if (index.get("key") instanceof Document key) {
            key.forEach((field, direction) -> {
                if (!(direction instanceof Number) || field.contains("$**")) {
                    throw new InvalidOptionsException(
                            "the embedded server has no index of kind '" + direction + "' on '" + field + "'");
                }
            });
        }
    }

    private static void refuse(String command, Document options, Set<String> ignored) {
        for (String option : options.keySet()) {
            if (ignored.contains(option)) {
                throw new InvalidOptionsException(
                        "the embedded server does not support the option '" + option + "' of " + command);
            }
        }
    }

    private static Stream<Document> stages(Document request) {
        return documents(request.get("pipeline")).stream();
    }

    private static List<Document> documents(@Nullable Object list) {
        if (!(list instanceof Collection<?> elements)) {
            return List.of();
        }
        return elements.stream()
                .filter(Document.class::isInstance)
                .map(Document.class::cast)
                .toList();
    }
}
