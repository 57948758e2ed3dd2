package dev.freshet.functions.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.value.ConvexNull;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Paths, tables, ranges, callers and guards: what a module is described with. */
class DefinitionsTest {
    @Test
    void aPathIsBroughtToOneForm() {
        assertThat(FunctionPath.parse("messages:list").toString()).isEqualTo("messages:list");
        assertThat(FunctionPath.parse("messages.js:list").toString()).isEqualTo("messages:list");
        assertThat(FunctionPath.parse("folder/messages:list").module()).isEqualTo("folder/messages");
        assertThat(FunctionPath.parse("messages").toString()).isEqualTo("messages:default");
        for (String wrong : new String[] {"", ":", "a:", ":b", "a:b c", "a/:b", "/a:b", "a:1b"}) {
            assertThatThrownBy(() -> FunctionPath.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void tablesAndIndexesHaveIdentifiersForNames() {
        TableDefinition table = TableDefinition.named("messages").index("by_channel", "channel", "sentAt");

        assertThat(table.indexes()).hasSize(1);
        assertThatThrownBy(() -> TableDefinition.named("_system")).hasMessageContaining("begin with a letter");
        assertThatThrownBy(() -> table.index("by_id", "x")).hasMessageContaining("built in");
        assertThatThrownBy(() -> table.index("by_channel", "x")).hasMessageContaining("same name");
        assertThatThrownBy(() -> table.index("empty")).hasMessageContaining("1 to 16 fields");
    }

    @Test
    void aRangeIsEqualitiesThenOneBoundEachWay() {
        ConvexValue one = ConvexValue.of(1.0);

        assertThat(IndexRange.all().eq("a", "x").gt("b", one).lte("b", one).equal())
                .hasSize(1);
        assertThatThrownBy(() -> IndexRange.all().gt("a", one).eq("b", one))
                .hasMessageContaining("must come before the bounds");
        assertThatThrownBy(() -> IndexRange.all().gt("a", one).gte("a", one)).hasMessageContaining("one lower bound");
        assertThatThrownBy(() -> IndexRange.all().lt("a", one).lte("a", one)).hasMessageContaining("one upper bound");
        assertThatThrownBy(() -> IndexRange.all().gt("a", one).lt("b", one)).hasMessageContaining("same field");
    }

    @Test
    void aFunctionSeesOfItsCallerWhatItDeclared() {
        Caller caller =
                Caller.member("ann", "blue", Set.of("read")).withClaims(ConvexObject.of("iss", ConvexNull.NULL));

        assertThat(caller.declaring(CallerFacts.TEAM).team()).contains("blue");
        assertThat(caller.declaring(CallerFacts.PERSON).userId()).contains("ann");
        assertThatThrownBy(() -> caller.declaring(CallerFacts.NOTHING).team())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("caller(CallerFacts.TEAM)");
        assertThatThrownBy(() -> caller.declaring(CallerFacts.TEAM).rights())
                .hasMessageContaining("caller(CallerFacts.TEAM_AND_RIGHTS)");
        assertThatThrownBy(() -> caller.declaring(CallerFacts.TEAM).narrowedTo(CallerFacts.PERSON))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void callersThatAFunctionCannotTellApartAreEqualToIt() {
        Caller ann = Caller.member("ann", "blue", Set.of("read"));
        Caller ben = Caller.member("ben", "blue", Set.of("write"));

        assertThat(ann.declaring(CallerFacts.NOTHING))
                .isEqualTo(Caller.anonymous().declaring(CallerFacts.NOTHING));
        assertThat(ann.declaring(CallerFacts.TEAM)).isEqualTo(ben.declaring(CallerFacts.TEAM));
        assertThat(ann.declaring(CallerFacts.TEAM_AND_RIGHTS)).isNotEqualTo(ben.declaring(CallerFacts.TEAM_AND_RIGHTS));
        assertThat(ann.declaring(CallerFacts.PERSON)).isNotEqualTo(ben.declaring(CallerFacts.PERSON));
        assertThat(ann.declaring(CallerFacts.PERSON).narrowedTo(CallerFacts.TEAM))
                .isEqualTo(ben.declaring(CallerFacts.TEAM));
    }

    @Test
    void guardsRefuseWithAReason() {
        Guard guard = Guard.right("write");

        assertThatCode(() -> guard.check(Caller.member("ann", "blue", Set.of("write")), ConvexObject.empty()))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> guard.check(Caller.member("ben", "blue", Set.of()), ConvexObject.empty()))
                .isInstanceOf(ConvexError.class)
                .hasMessageContaining("forbidden");
        assertThatThrownBy(() -> guard.check(Caller.anonymous(), ConvexObject.empty()))
                .hasMessageContaining("unauthenticated");
        Caller ofNoTeam = Caller.person("https://login.example.com|ann", Set.of());
        assertThatThrownBy(() -> guard.check(ofNoTeam, ConvexObject.empty())).hasMessageContaining("forbidden");
        assertThatCode(() -> Guard.signedIn().check(ofNoTeam, ConvexObject.empty()))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Guard.signedIn().check(Caller.anonymous(), ConvexObject.empty()))
                .hasMessageContaining("unauthenticated");
        assertThatThrownBy(() -> Guard.administrator().check(Caller.anonymous(), ConvexObject.empty()))
                .hasMessageContaining("forbidden");
    }
}
