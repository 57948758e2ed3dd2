package dev.freshet.reactive;

import static dev.freshet.reactive.TestDatabase.ITEMS;
import static dev.freshet.reactive.TestDatabase.group;
import static dev.freshet.reactive.TestDatabase.item;
import static dev.freshet.reactive.TestDatabase.ranks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.api.Order;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.TableQuery;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.InvalidValueException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionTest {
    private final TestDatabase tables =
            new TestDatabase(builder -> builder.limits(new TransactionLimits(50, 20_000, 20, 30, 10_000))
                    .memoryTable(TableDefinition.named("strict")
                            .document(Validator.object().field("name", Validator.string()))));

    @AfterEach
    void stop() {
        tables.close();
    }

    @Test
    void aTransactionReadsItsOwnWritesAndOthersOnlyTheCommitted() {
        Transaction writing = tables.begin();
        String id = writing.insert(ITEMS, item("a", 1));
        writing.patch(ITEMS, id, ConvexObject.of("rank", ConvexValue.of(2)));

        assertThat(writing.get(ITEMS, id).orElseThrow().number("rank")).isEqualTo(2);
        assertThat(ranks(whole(writing, "a").collect())).containsExactly(2.0);
        assertThat(tables.begin().get(ITEMS, id)).isEmpty();

        Transaction before = tables.begin();
        tables.committed(writing);

        assertThat(before.get(ITEMS, id)).isEmpty();
        ConvexObject stored = tables.begin().get(ITEMS, id).orElseThrow();
        assertThat(stored.string("_id")).isEqualTo(id);
        assertThat(stored.number("_creationTime")).isEqualTo(1_000_000);
    }

    @Test
    void rangesNarrowByEqualityThenBounds() {
        fill();
        Transaction reading = tables.begin();

        assertThat(ranks(read(reading, group("a")))).containsExactly(1.0, 2.0, 3.0, 4.0);
        assertThat(ranks(read(reading, group("a").gt("rank", ConvexValue.of(2)))))
                .containsExactly(3.0, 4.0);
        assertThat(ranks(read(reading, group("a").gte("rank", ConvexValue.of(2)))))
                .containsExactly(2.0, 3.0, 4.0);
        assertThat(ranks(read(reading, group("a").lt("rank", ConvexValue.of(3)))))
                .containsExactly(1.0, 2.0);
        assertThat(ranks(read(reading, group("a").lte("rank", ConvexValue.of(3)))))
                .containsExactly(1.0, 2.0, 3.0);
        assertThat(ranks(read(reading, group("a").gt("rank", ConvexValue.of(1)).lt("rank", ConvexValue.of(4)))))
                .containsExactly(2.0, 3.0);
        assertThat(read(reading, group("a").gt("rank", ConvexValue.of(4)).lt("rank", ConvexValue.of(2))))
                .isEmpty();
        assertThat(ranks(read(reading, IndexRange.all().gt("group", ConvexValue.of("a")))))
                .containsExactly(7.0);
        assertThat(read(reading, group("nobody"))).isEmpty();
    }

    @Test
    void anIndexIsReadInBothDirectionsAndCounted() {
        fill();
        Transaction reading = tables.begin();
        TableQuery a = whole(reading, "a");

        assertThat(ranks(a.order(Order.DESCENDING).collect())).containsExactly(4.0, 3.0, 2.0, 1.0);
        assertThat(ranks(a.order(Order.DESCENDING).take(2))).containsExactly(4.0, 3.0);
        assertThat(a.first().orElseThrow().number("rank")).isEqualTo(1);
        assertThat(a.count()).isEqualTo(4);
        assertThat(a.filter(item -> item.number("rank") > 2).count()).isEqualTo(2);
        assertThat(reading.query(ITEMS).count()).isEqualTo(5);
        assertThat(whole(reading, "b").unique()).isPresent();
        assertThat(whole(reading, "c").unique()).isEmpty();
        assertThatThrownBy(a::unique).hasMessageContaining("more than one");
        assertThatThrownBy(() -> a.take(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRangeThatIsNotOneOfTheIndexIsRefused() {
        Transaction reading = tables.begin();

        assertThatThrownBy(() -> read(reading, IndexRange.all().eq("rank", ConvexValue.of(1))))
                .hasMessageContaining("names the fields [group, rank, _creationTime, _id] in this order");
        assertThatThrownBy(() -> reading.query(ITEMS).withIndex("by_nothing", IndexRange.all()))
                .hasMessage("the table items has no index by_nothing");
        assertThatThrownBy(() -> reading.query("nowhere")).hasMessage("there is no table nowhere");
    }

    @Test
    void aMissIsReadToo() {
        Transaction looking = tables.begin();
        assertThat(looking.get(ITEMS, "no such id")).isEmpty();
        assertThat(read(looking, group("empty"))).isEmpty();

        assertThat(touches(looking, item("empty", 1))).isTrue();
        assertThat(touches(looking, item("other", 1))).isFalse();
    }

    @Test
    void whatIsReadEndsWhereReadingStops() {
        fill();
        Transaction firstTwo = tables.begin();
        whole(firstTwo, "a").take(2);
        Transaction lastTwo = tables.begin();
        whole(lastTwo, "a").order(Order.DESCENDING).take(2);
        Transaction filtered = tables.begin();
        whole(filtered, "a").filter(item -> item.number("rank") == 2).first();

        assertThat(touches(firstTwo, item("a", 0))).isTrue();
        assertThat(touches(firstTwo, item("a", 3))).isFalse();
        assertThat(touches(lastTwo, item("a", 9))).isTrue();
        assertThat(touches(lastTwo, item("a", 1))).isFalse();
        // A filter does not shrink what was read.
        assertThat(touches(filtered, item("a", 1))).isTrue();
        assertThat(touches(filtered, item("a", 4))).isFalse();
    }

    @Test
    void anIndexKeyThatADocumentLeavesIsTouchedToo() {
        fill();
        Transaction reading = tables.begin();
        String id = read(reading, group("b")).getFirst().string("_id");
        Transaction watching = tables.begin();
        whole(watching, "b").count();

        Transaction moving = tables.begin();
        moving.patch(ITEMS, id, ConvexObject.of("group", ConvexValue.of("z")));
        tables.committed(moving);

        watching.insert(ITEMS, item("q", 0));
        assertThat(tables.commit(watching)).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(whole(tables.begin(), "b").count()).isZero();
        assertThat(whole(tables.begin(), "z").count()).isOne();
    }

    @Test
    void replacingPatchingAndDeletingNeedADocument() {
        Transaction writing = tables.begin();
        String id = writing.insert(ITEMS, item("a", 1));
        writing.replace(ITEMS, id, ConvexObject.of("other", ConvexValue.of(true)));
        assertThat(writing.get(ITEMS, id).orElseThrow().has("group")).isFalse();
        writing.patch(ITEMS, id, ConvexObject.of("x", ConvexValue.of(1)), Set.of("other"));
        assertThat(writing.get(ITEMS, id).orElseThrow().fields()).containsOnlyKeys("_id", "_creationTime", "x");
        writing.delete(ITEMS, id);
        assertThat(writing.get(ITEMS, id)).isEmpty();

        assertThatThrownBy(() -> writing.delete(ITEMS, id)).hasMessageContaining("there is no document");
        assertThatThrownBy(() -> writing.patch(ITEMS, id, ConvexObject.empty())).hasMessageContaining("no document");
        assertThatThrownBy(() -> writing.replace(ITEMS, id, ConvexObject.empty()))
                .hasMessageContaining("no document");
    }

    @Test
    void documentsFitTheirTable() {
        Transaction writing = tables.begin();

        assertThat(writing.insert("strict", ConvexObject.of("name", ConvexValue.of("x"))))
                .isNotEmpty();
        assertThatThrownBy(() -> writing.insert("strict", item("a", 1)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("does not fit the table strict");
        assertThatThrownBy(() -> writing.insert(ITEMS, ConvexObject.of("_own", ConvexValue.of(1))))
                .hasMessageContaining("begins with an ASCII letter");
        assertThatThrownBy(() -> writing.insert(ITEMS, ConvexObject.of("t", ConvexValue.of("x".repeat(1 << 20)))))
                .hasMessageContaining("at most 1048576");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "1a", "_a", "a-b", "a.b", "\u00e9"})
    void aFieldThatIsNoIdentifierIsRefused(String name) {
        Transaction writing = tables.begin();
        assertThatThrownBy(() -> writing.insert(ITEMS, ConvexObject.of(name, ConvexValue.of(1))))
                .isInstanceOf(InvalidValueException.class);
        assertThat(writing.hasWrites()).isFalse();
    }

    @Test
    void aFieldHas64CharactersAndWhatLiesWithinOneIsNamedFreely() {
        Transaction writing = tables.begin();
        String id = writing.insert(ITEMS, ConvexObject.of("a".repeat(63) + "_", ConvexValue.of(1)));
        writing.patch(
                ITEMS, id, ConvexObject.of("Z9", ConvexObject.of("a b", ConvexValue.of(1), "1a", ConvexValue.of(1))));
        assertThatThrownBy(() -> writing.insert(ITEMS, ConvexObject.of("a".repeat(65), ConvexValue.of(1))))
                .isInstanceOf(InvalidValueException.class);
        tables.committed(writing);
    }

    @Test
    void limitsAreErrorsThatSayWhich() {
        Transaction filling = tables.begin();
        for (int count = 0; count < 30; count++) {
            filling.insert(ITEMS, item("many", count));
        }
        assertThatThrownBy(() -> filling.insert(ITEMS, item("many", 30)))
                .isInstanceOf(DatabaseException.class)
                .hasMessage("a mutation writes at most 30 documents");

        Transaction more = tables.begin();
        for (int count = 0; count < 30; count++) {
            more.insert(ITEMS, item("many", count));
        }
        tables.committed(more);
        Transaction evenMore = tables.begin();
        for (int count = 0; count < 30; count++) {
            evenMore.insert(ITEMS, item("many", count));
        }
        tables.committed(evenMore);
        assertThatThrownBy(() -> tables.begin().query(ITEMS).collect())
                .hasMessage("a function reads at most 50 documents");
        Transaction looking = tables.begin();
        assertThatThrownBy(() -> {
                    for (int count = 0; count < 21; count++) {
                        looking.get(ITEMS, "id " + count);
                    }
                })
                .hasMessage("a function reads at most 20 ranges");
        // Counting reads no documents.
        assertThat(tables.begin().query(ITEMS).count()).isEqualTo(60);
    }

    @Test
    void bytesAreLimitedToo() {
        ConvexObject large = ConvexObject.of("group", ConvexValue.of("x".repeat(4_000)));
        Transaction filling = tables.begin();
        String first = filling.insert(ITEMS, large);
        String second = filling.insert(ITEMS, large);
        // What takes the place of what the same transaction wrote counts once.
        filling.replace(ITEMS, first, large);
        tables.committed(filling);
        Transaction more = tables.begin();
        more.delete(ITEMS, second);
        Transaction.Savepoint before = more.savepoint();
        more.insert(ITEMS, large);
        more.rollBackTo(before);
        more.insert(ITEMS, large);
        more.insert(ITEMS, large);
        tables.committed(more);

        Transaction tooMuch = tables.begin();
        tooMuch.insert(ITEMS, large);
        tooMuch.insert(ITEMS, large);
        assertThatThrownBy(() -> tooMuch.insert(ITEMS, large))
                .hasMessage("a mutation writes documents of at most 10000 bytes in all");
        Transaction reading = tables.begin();
        assertThat(reading.query(ITEMS).collect()).hasSize(3);
        assertThat(reading.get(ITEMS, first)).isPresent();
        assertThatThrownBy(() -> reading.get(ITEMS, first))
                .hasMessage("a function reads documents of at most 20000 bytes in all");
        assertThat(tables.database
                        .beginOwn(tables.database.latest())
                        .query(ITEMS)
                        .collect())
                .hasSize(3);
    }

    @Test
    void aTransactionThatHitALimitIsOverWhateverWasCaught() {
        Transaction filling = tables.begin();
        for (int count = 0; count < 40; count++) {
            try {
                filling.insert(ITEMS, item("many", count));
            } catch (DatabaseException limit) {
                assertThat(limit).hasMessage("a mutation writes at most 30 documents");
            }
        }
        assertThatThrownBy(() -> filling.get(ITEMS, "any")).hasMessage("a mutation writes at most 30 documents");
        refusesToCommit(filling, DatabaseException.Code.TRANSACTION_TOO_LARGE);

        Transaction looking = tables.begin();
        looking.insert(ITEMS, item("a", 1));
        for (int count = 0; count < 30; count++) {
            try {
                looking.get(ITEMS, "id " + count);
            } catch (DatabaseException limit) {
                assertThat(limit).hasMessage("a function reads at most 20 ranges");
            }
        }
        refusesToCommit(looking, DatabaseException.Code.TRANSACTION_TOO_LARGE);

        AtomicBoolean isLate = new AtomicBoolean();
        Transaction late = tables.database.begin(tables.database.latest(), isLate::get);
        late.insert(ITEMS, item("a", 1));
        isLate.set(true);
        assertThatThrownBy(() -> late.insert(ITEMS, item("a", 2))).isInstanceOf(DatabaseException.class);
        isLate.set(false);
        refusesToCommit(late, DatabaseException.Code.TRANSACTION_TOO_SLOW);

        assertThat(tables.begin().query(ITEMS).count()).isZero();
    }

    private void refusesToCommit(Transaction transaction, DatabaseException.Code code) {
        assertThatThrownBy(() -> tables.commit(transaction))
                .cause()
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
        assertThatThrownBy(() -> tables.database
                        .commitSerially(ignored -> transaction, CommitHook.NONE)
                        .join())
                .hasCauseInstanceOf(DatabaseException.class);
    }

    @Test
    void aTransactionWithoutTimeLeftFails() {
        Transaction late = tables.database.begin(tables.database.latest(), () -> true);

        assertThatThrownBy(() -> late.get(ITEMS, "any"))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        failure -> assertThat(failure.code()).isEqualTo(DatabaseException.Code.TRANSACTION_TOO_SLOW));
    }

    @Test
    void aSavepointTakesBackWritesButNotReads() {
        Transaction writing = tables.begin();
        String kept = writing.insert(ITEMS, item("a", 1));
        Transaction.Savepoint before = writing.savepoint();
        writing.delete(ITEMS, kept);
        writing.insert(ITEMS, item("a", 2));
        assertThat(whole(writing, "b").collect()).isEmpty();
        writing.rollBackTo(before);

        assertThat(ranks(whole(writing, "a").collect())).containsExactly(1.0);
        assertThat(touches(writing, item("b", 1))).isTrue();
        tables.committed(writing);
        assertThat(ranks(whole(tables.begin(), "a").collect())).containsExactly(1.0);

        Transaction other = tables.begin();
        Transaction.Savepoint start = other.savepoint();
        assertThat(whole(other, "b").collect()).isEmpty();
        other.rollBackTo(start);
        other.insert(ITEMS, item("c", 1));
        Transaction meanwhile = tables.begin();
        meanwhile.insert(ITEMS, item("b", 1));
        tables.committed(meanwhile);
        assertThat(tables.commit(other)).isInstanceOf(CommitOutcome.Conflict.class);
    }

    private void fill() {
        Transaction filling = tables.begin();
        for (int rank : new int[] {3, 1, 4, 2}) {
            filling.insert(ITEMS, item("a", rank));
        }
        filling.insert(ITEMS, item("b", 7));
        tables.committed(filling);
    }

    /** Whether a document would touch what the transaction has read. */
    private boolean touches(Transaction reader, ConvexObject content) {
        TableSchema schema = reader.table(ITEMS).schema();
        Document document = Document.unwritten("new", 2_000_000, content);
        ReadSet reads = reader.readSet();
        return schema.indexes().stream().anyMatch(index -> reads.contains(index.id(), index.keyOf(document)));
    }

    private static TableQuery whole(Transaction transaction, String group) {
        return transaction.query(ITEMS).withIndex("by_group", group(group));
    }

    private static java.util.List<ConvexObject> read(Transaction transaction, IndexRange range) {
        return transaction.query(ITEMS).withIndex("by_group", range).collect();
    }
}
