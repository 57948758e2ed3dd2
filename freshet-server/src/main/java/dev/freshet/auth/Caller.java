package dev.freshet.auth;

import dev.freshet.documents.Role;

/** A signed-in member, as every function is given its caller: who, of which team, with which rights. */
public record Caller(String userId, String teamId, Role role) {
    public boolean mayActAs(Role required) {
        return role.atLeast(required);
    }
}
