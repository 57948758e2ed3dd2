package dev.freshet.benchmarks.reactive;

import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a server of live counters is told; both answer with a text that holds {@code "value":N}. */
enum Dialect {
    /** Convex's sync protocol. */
    CONVEX {
        @Override
        String path() {
            return "/api/1.48.0/sync";
        }

        @Override
        List<String> greeting(int firstQuiet, int quiet) {
            String adds = IntStream.range(0, quiet)
                    .mapToObj(index -> "," + add(index + 1, "quiet " + (firstQuiet + index)))
                    .collect(Collectors.joining());
            return List.of(
                    "{\"type\":\"Connect\",\"sessionId\":\"" + UUID.randomUUID()
                            + "\",\"connectionCount\":0,\"lastCloseReason\":\"InitialConnect\",\"clientTs\":0}",
                    "{\"type\":\"ModifyQuerySet\",\"baseVersion\":0,\"newVersion\":1,\"modifications\":[" + add(0, HOT)
                            + adds + "]}");
        }

        private String add(int queryId, String name) {
            return "{\"type\":\"Add\",\"queryId\":" + queryId + ",\"udfPath\":\"" + CountersModule.READ
                    + "\",\"args\":[{\"name\":\"" + name + "\"}]}";
        }

        @Override
        String change(int number) {
            return "{\"type\":\"Mutation\",\"requestId\":" + number + ",\"udfPath\":\"" + CountersModule.ADD
                    + "\",\"args\":[{\"name\":\"" + HOT + "\"}]}";
        }

        @Override
        boolean isNews(String text) {
            return text.startsWith("{\"type\":\"Transition\"");
        }
    },

    /** The plain service: any text counts one further, and every socket is told. */
    BROADCAST {
        @Override
        String path() {
            return "/";
        }

        @Override
        List<String> greeting(int firstQuiet, int quiet) {
            return List.of();
        }

        @Override
        String change(int number) {
            return "add";
        }

        @Override
        boolean isNews(String text) {
            return true;
        }
    };

    /** The one counter that everybody watches. */
    private static final String HOT = "hot";

    private static final String VALUE = "\"value\":";

    abstract String path();

    /**
     * The first messages of a socket, which watches the hot counter and others that never change.
     *
     * @param firstQuiet number of the first of the others
     * @param quiet how many others
     */
    abstract List<String> greeting(int firstQuiet, int quiet);

    /** Counts the hot counter one further. */
    abstract String change(int number);

    /** Whether a message may tell a value of what is watched, and is not an answer to a change. */
    abstract boolean isNews(String text);

    /** The first value that a text holds; -1 where it holds none. */
    int value(String text) {
        int at = isNews(text) ? text.indexOf(VALUE) : -1;
        if (at < 0) {
            return -1;
        }
        int value = 0;
        for (at += VALUE.length(); at < text.length() && Character.isDigit(text.charAt(at)); at++) {
            value = 10 * value + text.charAt(at) - '0';
        }
        return value;
    }
}
