package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexNull;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Describes values: which ones pass and, in its text, how it would be written in Convex's TypeScript. */
public sealed interface Validator {
    /** Any value. */
    static Validator any() {
        return new Any();
    }

    /** Null. */
    static Validator nothing() {
        return new OfType(ValueType.NULL, "v.null()");
    }

    /** A float64, an ordinary number in JavaScript. */
    static Validator number() {
        return new OfType(ValueType.FLOAT64, "v.number()");
    }

    /** An int64, a BigInt in JavaScript. */
    static Validator int64() {
        return new OfType(ValueType.INT64, "v.int64()");
    }

    /** A boolean. */
    static Validator bool() {
        return new OfType(ValueType.BOOLEAN, "v.boolean()");
    }

    /** A string. */
    static Validator string() {
        return new OfType(ValueType.STRING, "v.string()");
    }

    /** Bytes. */
    static Validator bytes() {
        return new OfType(ValueType.BYTES, "v.bytes()");
    }

    /**
     * The id of a document of the table. Where the runtime makes that table's ids another table's id, or a string that is
     * none, does not pass; whether there is such a document is not asked. Ids of tables that come from another store are strings.
     */
    static Validator id(String table) {
        return new IdOf(table);
    }

    /** Exactly this value. */
    static Validator literal(ConvexValue value) {
        return new Literal(value);
    }

    /** One of these strings. */
    static Validator oneOf(String... values) {
        List<Validator> members = new ArrayList<>();
        for (String value : values) {
            members.add(literal(ConvexValue.of(value)));
        }
        return new Union(members);
    }

    /** An array whose elements all pass. */
    static Validator array(Validator element) {
        return new ArrayOf(element);
    }

    /** An object with any names, whose values all pass. */
    static Validator record(Validator value) {
        return new RecordOf(value);
    }

    /** A value that passes at least one. */
    static Validator union(Validator... members) {
        return new Union(List.of(members));
    }

    /** A value that passes, or null. */
    static Validator nullable(Validator validator) {
        return union(validator, nothing());
    }

    /** Makes a field of an object one that may be missing. Has a meaning only there. */
    static Validator optional(Validator validator) {
        return new OptionalField(validator);
    }

    /** An object with exactly these fields. */
    static Validator object(Map<String, Validator> fields) {
        return new ObjectOf(fields);
    }

    /** Begins an object with exactly the fields that follow, given in turn as name and validator. */
    static ObjectOf object() {
        return new ObjectOf(Map.of());
    }

    /**
     * Any value, though it should look like this: for what the function itself checks, with better words or more kinds
     * than a validator has. Generated clients see the shape.
     */
    static Validator unchecked(Validator shape) {
        return new Unchecked(shape);
    }

    /**
     * Looks for what does not pass, where nothing is known of tables: any string passes for an id.
     *
     * @return the first violation, or empty if the value passes
     */
    default Optional<Violation> check(ConvexValue value) {
        return check(value, IdCheck.ANY_STRING);
    }

    /** The same, with who knows the tables. */
    default Optional<Violation> check(ConvexValue value, IdCheck ids) {
        return new Validation(ids).check(this, value, "");
    }

    /** Knows the tables whose ids are checked. */
    @FunctionalInterface
    interface IdCheck {
        /** Knows no table. */
        IdCheck ANY_STRING = (table, id) -> true;

        /** Whether the text may be the id of a document of the table. */
        boolean allows(String table, String id);
    }

    /** The validator as Convex writes it. */
    String text();

    /** What does not pass: where ({@code .field[3]}, empty for the whole value), which value, and what it should be. */
    record Violation(String path, Optional<ConvexValue> value, String problem) {
        /** The violation in words, as the message of an error. */
        public String describe() {
            return problem
                    + (path.isEmpty() ? "" : "\nPath: " + path)
                    + value.map(present -> "\nValue: " + abbreviate(present.toString()))
                            .orElse("");
        }

        private static String abbreviate(String text) {
            return text.length() <= 200 ? text : text.substring(0, 200) + "…";
        }
    }

    /** See {@link Validator#any()}. */
    record Any() implements Validator {
        @Override
        public String text() {
            return "v.any()";
        }
    }

    /** See {@link Validator#unchecked}. */
    record Unchecked(Validator shape) implements Validator {
        @Override
        public String text() {
            return "v.any()";
        }
    }

    /** See {@link Validator#id}. */
    record IdOf(String table) implements Validator {
        @Override
        public String text() {
            return "v.id(\"" + table + "\")";
        }
    }

    /** A value of one type. */
    record OfType(ValueType type, String text) implements Validator {}

    /** See {@link Validator#literal}. */
    record Literal(ConvexValue value) implements Validator {
        @Override
        public String text() {
            return value instanceof ConvexNull ? "v.null()" : "v.literal(" + value + ")";
        }
    }

    /** See {@link Validator#array}. */
    record ArrayOf(Validator element) implements Validator {
        @Override
        public String text() {
            return "v.array(" + element.text() + ")";
        }
    }

    /** See {@link Validator#record}. */
    record RecordOf(Validator value) implements Validator {
        @Override
        public String text() {
            return "v.record(v.string(), " + value.text() + ")";
        }
    }

    /** See {@link Validator#union}. */
    record Union(List<Validator> members) implements Validator {
        public Union {
            members = List.copyOf(members);
        }

        @Override
        public String text() {
            return "v.union("
                    + String.join(", ", members.stream().map(Validator::text).toList()) + ")";
        }
    }

    /** See {@link Validator#optional}. */
    record OptionalField(Validator validator) implements Validator {
        @Override
        public String text() {
            return "v.optional(" + validator.text() + ")";
        }
    }

    /** See {@link Validator#object(Map)}. */
    record ObjectOf(Map<String, Validator> fields) implements Validator {
        public ObjectOf {
            fields = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        /** This object with one more field. */
        public ObjectOf field(String name, Validator validator) {
            Map<String, Validator> more = new LinkedHashMap<>(fields);
            more.put(name, validator);
            return new ObjectOf(more);
        }

        @Override
        public String text() {
            StringBuilder text = new StringBuilder("v.object({");
            String separator = "";
            for (Map.Entry<String, Validator> field : fields.entrySet()) {
                text.append(separator)
                        .append(field.getKey())
                        .append(": ")
                        .append(field.getValue().text());
                separator = ", ";
            }
            return text.append("})").toString();
        }
    }
}
