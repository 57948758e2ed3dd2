package dev.freshet.sync;

/**
 * The answer of an HTTP call.
 *
 * @param status 200 also for a function's error; other statuses carry {@code {code, message}}
 * @param body JSON
 */
public record HttpReply(int status, String body) {}
