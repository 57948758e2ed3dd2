package dev.freshet.documents;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The collection {@code users}. Changes name the team as well as the member, so that no id of another team's member is
 * ever enough. Thread-safe; all calls block.
 */
public final class Users {
    private static final Logger log = LoggerFactory.getLogger(Users.class);

    private final DocumentStore store;
    private final MongoCollection<Document> collection;
    private final InstantSource clock;

    public Users(DocumentStore store, InstantSource clock) {
        this.store = store;
        this.collection = store.database().getCollection(CollectionIndexes.USERS);
        this.clock = clock;
    }

    /**
     * Creates a member.
     *
     * @throws DocumentStoreException DUPLICATE where the address has an account, in this team or another
     */
    public User create(NewUser user) {
        Instant now = clock.instant();
        Document document = new Document("_id", new ObjectId())
                .append("schemaVersion", User.SCHEMA_VERSION)
                .append("email", user.email().value())
                .append("name", user.name())
                .append("teamId", new ObjectId(user.teamId()))
                .append("membership", new Document("role", user.role().wireName()).append("joinedAt", Date.from(now)))
                .append("notifications", new Document())
                .append("createdAt", Date.from(now));
        user.passwordHash().ifPresent(hash -> document.append("passwordHash", hash));
        DriverCall.perform("insert a user", () -> collection.insertOne(document));
        return read(document);
    }

    public Optional<User> byEmail(EmailAddress email) {
        return first(Filters.eq("email", email.value()));
    }

    public Optional<User> byId(String userId) {
        return ObjectId.isValid(userId) ? first(Filters.eq("_id", new ObjectId(userId))) : Optional.empty();
    }

    /**
     * Members as they are now, whoever changes them. A document that cannot be read is none: who wrote a role that nobody knows
     * has given none.
     *
     * @param kept what of a member is of interest
     */
    public <V> FollowedDocuments<V> follow(Function<User, V> kept) {
        return FollowedDocuments.start(
                CollectionIndexes.USERS,
                ids -> byIds(ids, kept),
                listener -> store.follow(CollectionIndexes.USERS, listener));
    }

    private <V> Map<String, V> byIds(Set<String> ids, Function<User, V> kept) {
        List<ObjectId> objectIds =
                ids.stream().filter(ObjectId::isValid).map(ObjectId::new).toList();
        List<Document> documents = DriverCall.perform(
                "read users",
                () -> collection.find(Filters.in("_id", objectIds)).into(new ArrayList<>()));
        Map<String, V> found = new HashMap<>();
        for (Document document : documents) {
            try {
                User user = read(document);
                found.put(user.id(), kept.apply(user));
            } catch (DocumentStoreException fault) {
                log.error(
                        "a member's document cannot be read, so the member has no rights; mend the field in MongoDB"
                                + " [code={}, user={}]",
                        fault.code(),
                        document.get("_id"),
                        fault);
            }
        }
        return found;
    }

    /** The members of a team, by e-mail address. */
    public List<User> ofTeam(String teamId) {
        if (!ObjectId.isValid(teamId)) {
            return List.of();
        }
        Bson filter = Filters.eq("teamId", new ObjectId(teamId));
        return DriverCall.perform(
                "list users",
                () -> collection
                        .find(filter)
                        .sort(new Document("email", 1))
                        .map(Users::read)
                        .into(new ArrayList<>()));
    }

    /** @throws DocumentStoreException NOT_FOUND */
    public User rename(String teamId, String userId, String name) {
        return change(teamId, userId, Updates.set("name", name));
    }

    /** @throws DocumentStoreException NOT_FOUND */
    public User changeRole(String teamId, String userId, Role role) {
        return change(teamId, userId, Updates.set("membership.role", role.wireName()));
    }

    /** @throws DocumentStoreException NOT_FOUND */
    public User changeNotifications(String teamId, String userId, Map<String, Object> notifications) {
        return change(teamId, userId, Updates.set("notifications", new Document(notifications)));
    }

    /** @throws DocumentStoreException NOT_FOUND */
    public User changePasswordHash(String teamId, String userId, String passwordHash) {
        return change(teamId, userId, Updates.set("passwordHash", passwordHash));
    }

    /** Returns false where there was no such member. */
    public boolean remove(String teamId, String userId) {
        return memberFilter(teamId, userId)
                .map(filter -> DriverCall.perform("remove a user", () -> collection.deleteOne(filter))
                                .getDeletedCount()
                        == 1)
                .orElse(false);
    }

    private User change(String teamId, String userId, Bson update) {
        FindOneAndUpdateOptions after = new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER);
        return memberFilter(teamId, userId)
                .flatMap(filter -> Optional.ofNullable(
                        DriverCall.perform("change a user", () -> collection.findOneAndUpdate(filter, update, after))))
                .map(Users::read)
                .orElseThrow(() -> new DocumentStoreException(
                        DocumentStoreException.Code.NOT_FOUND, "the team has no such member"));
    }

    private static Optional<Bson> memberFilter(String teamId, String userId) {
        if (!ObjectId.isValid(teamId) || !ObjectId.isValid(userId)) {
            return Optional.empty();
        }
        return Optional.of(new Document("_id", new ObjectId(userId)).append("teamId", new ObjectId(teamId)));
    }

    private Optional<User> first(Bson filter) {
        return Optional.ofNullable(DriverCall.perform(
                        "read a user", () -> collection.find(filter).first()))
                .map(Users::read);
    }

    private static User read(Document document) {
        return User.read(new StoredDocument(CollectionIndexes.USERS, document));
    }
}
