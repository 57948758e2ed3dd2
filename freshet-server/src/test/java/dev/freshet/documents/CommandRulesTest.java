package dev.freshet.documents;

import static org.assertj.core.api.Assertions.assertThat;

import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CommandRulesTest {
    @Test
    void everyCommandThatIsNotKnownToReadIsTakenForAWrite() {
        for (String write : List.of("insert", "findAndModify", "createIndexes", "renameCollection", "inventedLater")) {
            assertThat(CommandRules.mayWrite(write, new Document()))
                    .describedAs(write)
                    .isTrue();
        }
        for (String read : List.of("find", "FIND", "getMore", "listIndexes", "ping")) {
            assertThat(CommandRules.mayWrite(read, new Document()))
                    .describedAs(read)
                    .isFalse();
        }
    }

    @Test
    void anAggregationWritesWhenItsPipelineDoes() {
        Document match = new Document("$match", new Document());
        assertThat(CommandRules.mayWrite("aggregate", new Document("pipeline", List.of(match))))
                .isFalse();
        for (String stage : List.of("$out", "$merge")) {
            Document pipeline = new Document("pipeline", List.of(match, new Document(stage, "other")));
            assertThat(CommandRules.mayWrite("aggregate", pipeline)).isTrue();
        }
    }
}
