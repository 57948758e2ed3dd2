package dev.freshet.server;

/** A setting that cannot be used; the message names it, what is wrong and what would be right. */
public final class ConfigException extends RuntimeException {
    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
