package dev.freshet.documents;

import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;

/**
 * The collections of the external contract and their indexes, made at each start; making one that exists does nothing. The
 * embedded server enforces the unique ones and keeps the others as definitions only, which small collections can bear.
 */
final class CollectionIndexes {
    static final String USERS = "users";
    static final String TEAMS = "teams";
    static final String SESSIONS = "sessions";
    static final String SIGNING_KEYS = "signing_keys";
    static final String PROFILES = "profiles";
    static final String INSTALLATION = "installation";

    private static final String TEAM = "teamId";

    private CollectionIndexes() {}

    static void create(MongoDatabase database) {
        IndexOptions unique = new IndexOptions().unique(true);
        create(database, USERS, unique, "email");
        create(database, USERS, new IndexOptions(), TEAM);
        create(database, SESSIONS, new IndexOptions(), "userId");
        create(database, "dashboards", new IndexOptions(), "ownerId");
        create(database, "dashboards", new IndexOptions(), TEAM);
        create(database, "alert_rules", new IndexOptions(), "isActive");
        create(database, "alert_rules", new IndexOptions(), TEAM);
        create(database, "alert_history", new IndexOptions(), TEAM, "firedAt");
        create(database, "alert_history", new IndexOptions(), "ruleId");
        create(database, PROFILES, unique, TEAM, "userId");
    }

    private static void create(MongoDatabase database, String collection, IndexOptions options, String... fields) {
        database.getCollection(collection).createIndex(Indexes.ascending(fields), options);
    }
}
