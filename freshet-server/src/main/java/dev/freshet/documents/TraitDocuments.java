package dev.freshet.documents;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * Traits as they stand in a document. Senders choose their names freely, but a dot or a leading dollar means something to
 * MongoDB, so {@code % . $} and NUL are written as {@code %25 %2E %24 %00}, and the empty name as {@code %}. Everything
 * outside of this package sees the names as they were sent.
 */
final class TraitDocuments {
    private TraitDocuments() {}

    /** @param traits values as a JSON parser gives them: maps, lists, texts, numbers, booleans, null */
    static Document toDocument(Map<String, ?> traits) {
        Document document = new Document();
        traits.forEach((name, value) -> document.append(escape(name), toStored(value)));
        return document;
    }

    private static @Nullable Object toStored(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> nested -> {
                Document document = new Document();
                nested.forEach((name, inner) -> document.append(escape(String.valueOf(name)), toStored(inner)));
                yield document;
            }
            case List<?> list -> {
                List<@Nullable Object> stored = new ArrayList<>();
                list.forEach(inner -> stored.add(toStored(inner)));
                yield stored;
            }
            case java.math.BigInteger large -> large.doubleValue();
            case null -> null;
            default -> value;
        };
    }

    static Map<String, @Nullable Object> toTraits(Map<String, ?> stored) {
        Map<String, @Nullable Object> traits = new LinkedHashMap<>();
        stored.forEach((name, value) -> traits.put(unescape(name), toSent(value)));
        return traits;
    }

    private static @Nullable Object toSent(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> nested -> {
                Map<String, @Nullable Object> traits = new LinkedHashMap<>();
                nested.forEach((name, inner) -> traits.put(unescape(String.valueOf(name)), toSent(inner)));
                yield traits;
            }
            case List<?> list -> {
                List<@Nullable Object> sent = new ArrayList<>();
                list.forEach(inner -> sent.add(toSent(inner)));
                yield sent;
            }
            case Number number -> number;
            case String text -> text;
            case Boolean truth -> truth;
            case java.util.Date date -> date.toInstant().toString();
            case null -> null;
            default -> value.toString(); // written by another client, in a type that JSON lacks
        };
    }

    static String escape(String name) {
        if (name.isEmpty()) {
            return "%";
        }
        String escaped = name.replace("%", "%25").replace(".", "%2E").replace("\0", "%00");
        return escaped.startsWith("$") ? "%24" + escaped.substring(1) : escaped;
    }

    private static String unescape(String stored) {
        return stored.equals("%")
                ? ""
                : stored.replace("%24", "$")
                        .replace("%2E", ".")
                        .replace("%00", "\0")
                        .replace("%25", "%");
    }
}
