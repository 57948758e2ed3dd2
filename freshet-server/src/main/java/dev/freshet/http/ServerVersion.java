package dev.freshet.http;

/** What {@code /version} tells. */
public record ServerVersion(String freshet, String clickHouse, String java) {}
