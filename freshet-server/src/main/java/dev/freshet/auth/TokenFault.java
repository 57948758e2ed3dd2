package dev.freshet.auth;

/** Why a token is refused. */
public enum TokenFault {
    MALFORMED("the token is not a signed JWT of this server's kind"),
    UNKNOWN_KEY("the token was signed with a key this server does not know"),
    BAD_SIGNATURE("the token's signature does not match"),
    WRONG_ISSUER("the token was issued by or for somebody else"),
    EXPIRED("the token has expired"),
    SIGNED_OUT("the session of the token was signed out");

    private final String sentence;

    TokenFault(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }
}
