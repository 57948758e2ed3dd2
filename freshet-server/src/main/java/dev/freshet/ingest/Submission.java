package dev.freshet.ingest;

import dev.freshet.event.EventRows;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;

/** A request on its way through the sequencer, which alone writes to the fields that are not final. */
final class Submission {
    private final String teamId;
    private final DecodedEvents decoded;
    private final CompletableFuture<IngestReply> answer = new CompletableFuture<>();
    private final BitSet repeats = new BitSet();
    private int teamNumber;

    Submission(String teamId, DecodedEvents decoded) {
        this.teamId = teamId;
        this.decoded = decoded;
    }

    String teamId() {
        return teamId;
    }

    EventRows rows() {
        return decoded.rows();
    }

    SentMarks sent() {
        return decoded.sent();
    }

    CompletableFuture<IngestReply> answer() {
        return answer;
    }

    int teamNumber() {
        return teamNumber;
    }

    void numberTeam(int number) {
        teamNumber = number;
    }

    /** Which rows, counted from 0, are repeats. */
    BitSet repeats() {
        return repeats;
    }

    int duplicates() {
        return repeats.cardinality();
    }

    int accepted() {
        return rows().count() - decoded.deadLetters() - duplicates();
    }

    IngestReply reply() {
        return new IngestReply(accepted(), duplicates(), decoded.rejected());
    }
}
