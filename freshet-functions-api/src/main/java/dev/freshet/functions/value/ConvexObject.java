package dev.freshet.functions.value;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A set of named values, kept in the order of the names. Names are printable ASCII, do not begin with {@code $} and
 * have at most {@link ValueLimits#MAX_FIELD_NAME_LENGTH} characters; clients refuse anything else.
 *
 * <p>The accessors without {@code find} are for fields that must be there, as arguments that a validator has passed;
 * they throw {@link InvalidValueException} where the field is missing or of another type.
 */
public final class ConvexObject implements ConvexValue {
    private static final ConvexObject EMPTY = new ConvexObject(new TreeMap<>());

    private final Map<String, ConvexValue> fields;

    /** The map must be sorted and is owned from here on. */
    private ConvexObject(Map<String, ConvexValue> fields) {
        this.fields = Collections.unmodifiableMap(fields);
    }

    /** The object without fields. */
    public static ConvexObject empty() {
        return EMPTY;
    }

    /** An object with the map's fields, which are copied. */
    public static ConvexObject of(Map<String, ? extends ConvexValue> fields) {
        Builder builder = builder();
        fields.forEach(builder::put);
        return builder.build();
    }

    /** An object with one field. */
    public static ConvexObject of(String name, ConvexValue value) {
        return builder().put(name, value).build();
    }

    /** An object with two fields. */
    public static ConvexObject of(String name1, ConvexValue value1, String name2, ConvexValue value2) {
        return builder().put(name1, value1).put(name2, value2).build();
    }

    /** An object with three fields. */
    public static ConvexObject of(
            String name1, ConvexValue value1, String name2, ConvexValue value2, String name3, ConvexValue value3) {
        return builder()
                .put(name1, value1)
                .put(name2, value2)
                .put(name3, value3)
                .build();
    }

    /** Collects fields for an object. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that begins with this object's fields. */
    public Builder toBuilder() {
        Builder builder = builder();
        builder.fields.putAll(fields);
        return builder;
    }

    /** This object with one field set. */
    public ConvexObject with(String name, ConvexValue value) {
        return toBuilder().put(name, value).build();
    }

    /** This object without one field. */
    public ConvexObject without(String name) {
        return fields.containsKey(name) ? toBuilder().remove(name).build() : this;
    }

    /** The fields in order of their names; cannot be changed. */
    public Map<String, ConvexValue> fields() {
        return fields;
    }

    /** Whether there is such a field. */
    public boolean has(String name) {
        return fields.containsKey(name);
    }

    /** The field's value, of any type. */
    public Optional<ConvexValue> find(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    /** The field's value, of any type. */
    public ConvexValue value(String name) {
        return find(name).orElseThrow(() -> new InvalidValueException("the field \"" + name + "\" is missing"));
    }

    /** The string in the field. */
    public String string(String name) {
        return as(name, value(name), ConvexString.class).value();
    }

    /** The string in the field, if the field is there and not null. */
    public Optional<String> findString(String name) {
        return findAs(name, ConvexString.class, ConvexString::value);
    }

    /** The float64 in the field. */
    public double number(String name) {
        return as(name, value(name), ConvexFloat64.class).value();
    }

    /** The float64 in the field, if the field is there and not null. */
    public Optional<Double> findNumber(String name) {
        return findAs(name, ConvexFloat64.class, ConvexFloat64::value);
    }

    /** The int64 in the field. */
    public long int64(String name) {
        return as(name, value(name), ConvexInt64.class).value();
    }

    /** The int64 in the field, if the field is there and not null. */
    public Optional<Long> findInt64(String name) {
        return findAs(name, ConvexInt64.class, ConvexInt64::value);
    }

    /** The boolean in the field. */
    public boolean bool(String name) {
        return as(name, value(name), ConvexBoolean.class).value();
    }

    /** The boolean in the field, if the field is there and not null. */
    public Optional<Boolean> findBool(String name) {
        return findAs(name, ConvexBoolean.class, ConvexBoolean::value);
    }

    /** The array in the field. */
    public ConvexArray array(String name) {
        return as(name, value(name), ConvexArray.class);
    }

    /** The array in the field, if the field is there and not null. */
    public Optional<ConvexArray> findArray(String name) {
        return findAs(name, ConvexArray.class, Function.identity());
    }

    /** The object in the field. */
    public ConvexObject object(String name) {
        return as(name, value(name), ConvexObject.class);
    }

    /** The object in the field, if the field is there and not null. */
    public Optional<ConvexObject> findObject(String name) {
        return findAs(name, ConvexObject.class, Function.identity());
    }

    private <V extends ConvexValue, T> Optional<T> findAs(String name, Class<V> type, Function<V, T> reading) {
        return find(name)
                .filter(value -> !(value instanceof ConvexNull))
                .map(value -> reading.apply(as(name, value, type)));
    }

    private static <V extends ConvexValue> V as(String name, ConvexValue value, Class<V> type) {
        if (!type.isInstance(value)) {
            throw new InvalidValueException(
                    "the field \"" + name + "\" is of type " + value.type().label() + ", not "
                            + type.getSimpleName().replace("Convex", "").toLowerCase(java.util.Locale.ROOT));
        }
        return type.cast(value);
    }

    @Override
    public ValueType type() {
        return ValueType.OBJECT;
    }

    @Override
    public long size() {
        long size = 2;
        for (Map.Entry<String, ConvexValue> field : fields.entrySet()) {
            size += field.getKey().length() + 1L + field.getValue().size();
        }
        return size;
    }

    @Override
    public int depth() {
        int deepest = 0;
        for (ConvexValue value : fields.values()) {
            deepest = Math.max(deepest, value.depth());
        }
        return deepest + 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConvexObject that && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    @Override
    public String toString() {
        return fields.toString();
    }

    /** Collects an object's fields; a later value for a name replaces an earlier one. Not safe for several threads. */
    public static final class Builder {
        private final TreeMap<String, ConvexValue> fields = new TreeMap<>();

        private Builder() {}

        /**
         * Sets a field.
         *
         * @throws InvalidValueException when the name is not one that clients accept, or there are too many fields
         */
        public Builder put(String name, ConvexValue value) {
            Objects.requireNonNull(value, name);
            ValueLimits.requireFieldName(name);
            fields.put(name, value);
            if (fields.size() > ValueLimits.MAX_OBJECT_FIELDS) {
                throw new InvalidValueException("an object has at most " + ValueLimits.MAX_OBJECT_FIELDS + " fields");
            }
            return this;
        }

        /** Sets a field to a string. */
        public Builder put(String name, String value) {
            return put(name, ConvexValue.of(value));
        }

        /** Sets a field to a float64. */
        public Builder put(String name, double value) {
            return put(name, ConvexValue.of(value));
        }

        /** Sets a field to a float64 from a whole number within ±2^53. */
        public Builder put(String name, long value) {
            return put(name, ConvexValue.of(value));
        }

        /** Sets a field to a boolean. */
        public Builder put(String name, boolean value) {
            return put(name, ConvexValue.of(value));
        }

        /** Sets a field if there is a value, else leaves it out. */
        public Builder putIfPresent(String name, Optional<? extends ConvexValue> value) {
            value.ifPresent(present -> put(name, present));
            return this;
        }

        /** Takes a field out. */
        public Builder remove(String name) {
            fields.remove(name);
            return this;
        }

        /** The object; the builder may go on being used. */
        public ConvexObject build() {
            return fields.isEmpty() ? EMPTY : new ConvexObject(new TreeMap<>(fields));
        }
    }
}
