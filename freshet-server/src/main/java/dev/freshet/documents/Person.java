package dev.freshet.documents;

import com.mongodb.client.model.Filters;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;

/** Whom a team tracks under a user id. The team's id is one of MongoDB's. */
public record Person(String teamId, String userId) {
    Bson filter() {
        return Filters.and(Filters.eq("teamId", new ObjectId(teamId)), Filters.eq("userId", userId));
    }
}
