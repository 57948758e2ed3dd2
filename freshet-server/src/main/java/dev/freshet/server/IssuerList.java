package dev.freshet.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.auth.TrustedIssuer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The setting that names further issuers: a list in JSON or YAML, which in {@code freshet.yaml} is just a list. */
final class IssuerList {
    private static final String NAME = Setting.OIDC.variable();
    private static final Set<String> FIELDS = Set.of("issuer", "audience", "jwks");
    private static final String SHAPE =
            NAME + " must be a list such as [{\"issuer\":\"https://login.example.com\",\"audience\":\"my-app\"}]";

    private IssuerList() {}

    /** What the file says, as a variable would say it. */
    static String text(Object value) {
        try {
            return value instanceof String text ? text : new ObjectMapper().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new ConfigException(SHAPE, e);
        }
    }

    /** @throws ConfigException naming the entry, the field and the mend */
    static List<TrustedIssuer> read(String text) {
        Object document;
        try {
            document = new Load(LoadSettings.builder().setLabel(NAME).build()).loadFromString(text);
        } catch (YamlEngineException e) {
            throw new ConfigException(SHAPE + ", which this is not: " + e.getMessage(), e);
        }
        if (!(document instanceof List<?> entries)) {
            throw new ConfigException(SHAPE);
        }
        List<TrustedIssuer> issuers = new ArrayList<>();
        for (Object entry : entries) {
            issuers.add(issuer(entry, issuers.size() + 1));
        }
        return List.copyOf(issuers);
    }

    private static TrustedIssuer issuer(@Nullable Object entry, int number) {
        if (!(entry instanceof Map<?, ?> fields)) {
            throw new ConfigException(SHAPE);
        }
        String place = NAME + ", issuer " + number + ": ";
        for (Object field : fields.keySet()) {
            if (!FIELDS.contains(String.valueOf(field))) {
                throw new ConfigException(place + "there is no field `" + field + "`, only issuer, audience and jwks");
            }
        }
        String issuer =
                field(fields, "issuer").orElseThrow(() -> new ConfigException(place + "the field `issuer` is missing"));
        String audience = field(fields, "audience")
                .orElseThrow(() -> new ConfigException(place + "the field `audience` is missing"));
        try {
            return TrustedIssuer.of(issuer, audience, field(fields, "jwks"));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(place + e.getMessage(), e);
        }
    }

    private static Optional<String> field(Map<?, ?> fields, String name) {
        return Optional.ofNullable(fields.get(name)).map(String::valueOf).map(String::strip);
    }

    /** @throws ConfigException when this server is among them, whose tokens mean more than others' */
    static void requireOthers(List<TrustedIssuer> issuers, URI own) {
        if (issuers.stream().anyMatch(issuer -> issuer.isNamed(own.toString()))) {
            throw new ConfigException(
                    NAME + " names this server itself, " + own + ", whose tokens are taken anyway: leave it out");
        }
    }
}
