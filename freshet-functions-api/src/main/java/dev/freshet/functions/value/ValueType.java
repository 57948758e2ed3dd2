package dev.freshet.functions.value;

/** The types of values, in their order. */
public enum ValueType {
    NULL("null"),
    INT64("int64"),
    FLOAT64("float64"),
    BOOLEAN("boolean"),
    STRING("string"),
    BYTES("bytes"),
    ARRAY("array"),
    OBJECT("object");

    private final String label;

    ValueType(String label) {
        this.label = label;
    }

    /** The type's name in messages. */
    public String label() {
        return label;
    }
}
