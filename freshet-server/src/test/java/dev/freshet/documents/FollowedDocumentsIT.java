package dev.freshet.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same on every kind of deployment; that of {@code FRESHET_TEST_MONGODB_URI} where it is set. */
class FollowedDocumentsIT {
    private static final long LIMIT_SECONDS = 30;

    @TempDir
    private Path folder;

    enum Deployment {
        EMBEDDED,
        STANDALONE_BY_URI,
        GIVEN
    }

    /** A deployment with members whose roles are followed. */
    private final class World implements AutoCloseable {
        private final Optional<TestMongo> mongo;
        private final DocumentStore store;
        private final Users users;
        private final FollowedDocuments<Role> roles;

        World(Deployment deployment) throws IOException {
            String given = System.getenv("FRESHET_TEST_MONGODB_URI");
            assumeTrue(deployment != Deployment.GIVEN || given != null, "FRESHET_TEST_MONGODB_URI is not set");
            mongo = deployment == Deployment.STANDALONE_BY_URI
                    ? Optional.of(new TestMongo(folder.resolve("mongo")))
                    : Optional.empty();
            store = switch (deployment) {
                case EMBEDDED -> DocumentStore.openEmbedded(folder.resolve("documents"), new SecureRandom());
                case STANDALONE_BY_URI ->
                    DocumentStore.connect(mongo.orElseThrow().uri());
                case GIVEN -> DocumentStore.connect(Objects.requireNonNull(given));
            };
            users = new Users(store, InstantSource.fixed(Instant.EPOCH));
            roles = users.follow(User::role);
        }

        User add(Role role) {
            ObjectId id = new ObjectId();
            return users.create(new NewUser(
                    EmailAddress.parse(id.toHexString() + "@example.org").orElseThrow(),
                    "Ada",
                    new ObjectId().toHexString(),
                    role,
                    Optional.empty()));
        }

        MongoCollection<Document> collection() {
            return store.database().getCollection("users");
        }

        Ear follow(User user) {
            Ear ear = new Ear();
            ear.end = roles.follow(user.id(), roles.find(user.id()), ear.heard::add);
            return ear;
        }

        @Override
        public void close() throws IOException {
            roles.close();
            store.close();
            if (mongo.isPresent()) {
                mongo.get().close();
            }
        }
    }

    private static final class Ear {
        private final BlockingQueue<Optional<Role>> heard = new LinkedBlockingQueue<>();
        private Runnable end = () -> {};

        void hears(Optional<Role> role) throws InterruptedException {
            assertThat(heard.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(role);
        }

        void hears(Role role) throws InterruptedException {
            hears(Optional.of(role));
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadlineNs).as("waited too long").isNegative();
            LockSupport.parkNanos(5_000_000);
        }
    }

    @ParameterizedTest
    @EnumSource(Deployment.class)
    void everyKindOfWriteIsHeardOnceAndOnlyByThoseWhomItConcerns(Deployment deployment) throws Exception {
        try (World world = new World(deployment)) {
            User ada = world.add(Role.VIEWER);
            User grace = world.add(Role.VIEWER);
            Ear ear = world.follow(ada);
            Ear other = world.follow(grace);
            var byId = Filters.eq("_id", new ObjectId(ada.id()));

            world.users.changeRole(ada.teamId(), ada.id(), Role.EDITOR);
            ear.hears(Role.EDITOR);
            world.users.rename(ada.teamId(), ada.id(), "Ada Lovelace");
            world.collection().updateMany(Filters.eq("teamId", new ObjectId(ada.teamId())), role("admin"));
            ear.hears(Role.ADMIN);
            Document document =
                    Objects.requireNonNull(world.collection().find(byId).first());
            world.collection().findOneAndUpdate(byId, role("owner"), new FindOneAndUpdateOptions());
            ear.hears(Role.OWNER);
            world.collection().replaceOne(byId, document);
            ear.hears(Role.ADMIN);
            world.collection().deleteMany(byId);
            ear.hears(Optional.empty());
            world.collection().replaceOne(byId, document, new ReplaceOptions().upsert(true));
            ear.hears(Role.ADMIN);
            world.collection().updateOne(byId, role("emperor"));
            ear.hears(Optional.empty());
            assertThat(world.users.remove(ada.teamId(), ada.id())).isTrue();
            world.collection().insertMany(List.of(document));
            ear.hears(Role.ADMIN);

            assertThat(world.roles.find(ada.id())).contains(Role.ADMIN);
            assertThat(other.heard).isEmpty();
            ear.end.run();
            world.users.changeRole(ada.teamId(), ada.id(), Role.VIEWER);
            world.users.changeRole(grace.teamId(), grace.id(), Role.EDITOR);
            other.hears(Role.EDITOR);
            assertThat(ear.heard).isEmpty();
            await(() -> world.roles.find(ada.id()).equals(Optional.of(Role.VIEWER)));
        }
    }

    private static org.bson.conversions.Bson role(String name) {
        return Updates.set("membership.role", name);
    }

    /** The gap between a token's check and the socket's own following. */
    @ParameterizedTest
    @EnumSource(Deployment.class)
    void whatChangesBetweenFindingAndFollowingIsHeard(Deployment deployment) throws Exception {
        try (World world = new World(deployment)) {
            User ada = world.add(Role.ADMIN);
            Optional<Role> found = world.roles.find(ada.id());
            world.users.changeRole(ada.teamId(), ada.id(), Role.VIEWER);
            await(() -> world.roles.find(ada.id()).equals(Optional.of(Role.VIEWER)));

            Ear ear = new Ear();
            ear.end = world.roles.follow(ada.id(), found, ear.heard::add);
            ear.hears(Role.VIEWER);
            Ear late = new Ear();
            late.end = world.roles.follow(ada.id(), found, late.heard::add);
            late.hears(Role.VIEWER);
        }
    }

    @Test
    void whoeverFindsAndFollowsWhileRolesChangeEndsWithTheLast() throws Exception {
        try (World world = new World(Deployment.EMBEDDED)) {
            User ada = world.add(Role.ADMIN);
            Thread writer = Thread.ofVirtual().start(() -> {
                for (int round = 0; round < 50; round++) {
                    world.users.changeRole(ada.teamId(), ada.id(), round % 2 == 0 ? Role.EDITOR : Role.ADMIN);
                }
                world.users.changeRole(ada.teamId(), ada.id(), Role.VIEWER);
            });
            List<BooleanSupplier> endsWell = new ArrayList<>();
            while (writer.isAlive()) {
                Optional<Role> found = world.roles.find(ada.id());
                BlockingQueue<Optional<Role>> heard = new LinkedBlockingQueue<>(List.of(found));
                Runnable end = world.roles.follow(ada.id(), found, heard::add);
                if (endsWell.size() < 2_000) {
                    endsWell.add(() -> heard.stream()
                            .reduce((before, after) -> after)
                            .orElseThrow()
                            .equals(Optional.of(Role.VIEWER)));
                } else {
                    end.run();
                }
            }

            endsWell.forEach(FollowedDocumentsIT::await);
            assertThat(endsWell).isNotEmpty();
        }
    }

    @Test
    void whileMongoIsAwayTheLastIsKnownAndWhatChangedIsHeardOnceItIsBack() throws Exception {
        try (World world = new World(Deployment.STANDALONE_BY_URI)) {
            TestMongo mongo = world.mongo.orElseThrow();
            User ada = world.add(Role.ADMIN);
            User unknown = world.add(Role.ADMIN);
            Ear ear = world.follow(ada);
            assertThat(world.roles.isStale()).isFalse();
            mongo.takeAway();
            await(world.roles::isStale);

            assertThat(world.roles.find(ada.id())).contains(Role.ADMIN);
            assertThatThrownBy(() -> world.roles.find(unknown.id())).isInstanceOf(DocumentStoreException.class);
            assertThat(ear.heard).isEmpty();

            mongo.bringBack();
            await(() -> !world.roles.isStale());
            world.users.changeRole(ada.teamId(), ada.id(), Role.VIEWER);
            ear.hears(Role.VIEWER);
            assertThat(world.roles.find(unknown.id())).contains(Role.ADMIN);
        }
    }

    @Test
    void aCollectionThatIsDroppedIsReadAgain() throws Exception {
        try (World world = new World(Deployment.EMBEDDED)) {
            Ear ear = world.follow(world.add(Role.ADMIN));
            world.collection().drop();

            ear.hears(Optional.empty());
        }
    }
}
