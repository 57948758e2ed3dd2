package dev.freshet.auth;

/** What a valid write key grants: posting events to this team. */
public record WriteKeyGrant(String teamId, String keyId) {}
