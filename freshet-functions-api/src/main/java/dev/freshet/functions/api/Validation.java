package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import java.util.Map;
import java.util.Optional;

/** Walks a value beside its validator. */
record Validation(Validator.IdCheck ids) {
    Optional<Validator.Violation> check(Validator validator, ConvexValue value, String path) {
        return switch (validator) {
            case Validator.Any ignored -> Optional.empty();
            case Validator.Unchecked ignored -> Optional.empty();
            case Validator.OfType expected ->
                value.type() == expected.type() ? Optional.empty() : mismatch(validator, value, path);
            case Validator.IdOf(String table) ->
                value instanceof ConvexString(String id) && ids.allows(table, id)
                        ? Optional.empty()
                        : mismatch(validator, value, path);
            case Validator.Literal literal ->
                value.equals(literal.value()) ? Optional.empty() : mismatch(validator, value, path);
            case Validator.OptionalField optional -> check(optional.validator(), value, path);
            case Validator.Union union ->
                union.members().stream()
                                .anyMatch(member -> check(member, value, path).isEmpty())
                        ? Optional.empty()
                        : mismatch(validator, value, path);
            case Validator.ArrayOf array ->
                value instanceof ConvexArray elements
                        ? checkElements(array, elements, path)
                        : mismatch(validator, value, path);
            case Validator.RecordOf record ->
                value instanceof ConvexObject object
                        ? checkRecord(record, object, path)
                        : mismatch(validator, value, path);
            case Validator.ObjectOf fields ->
                value instanceof ConvexObject object
                        ? checkFields(fields, object, path)
                        : mismatch(validator, value, path);
        };
    }

    private Optional<Validator.Violation> checkElements(Validator.ArrayOf array, ConvexArray elements, String path) {
        int index = 0;
        for (ConvexValue element : elements) {
            Optional<Validator.Violation> violation = check(array.element(), element, path + "[" + index + "]");
            if (violation.isPresent()) {
                return violation;
            }
            index++;
        }
        return Optional.empty();
    }

    private Optional<Validator.Violation> checkRecord(Validator.RecordOf record, ConvexObject object, String path) {
        for (Map.Entry<String, ConvexValue> field : object.fields().entrySet()) {
            Optional<Validator.Violation> violation =
                    check(record.value(), field.getValue(), path + "." + field.getKey());
            if (violation.isPresent()) {
                return violation;
            }
        }
        return Optional.empty();
    }

    private Optional<Validator.Violation> checkFields(Validator.ObjectOf expected, ConvexObject object, String path) {
        for (Map.Entry<String, Validator> field : expected.fields().entrySet()) {
            Optional<ConvexValue> value = object.find(field.getKey());
            Optional<Validator.Violation> violation = Optional.empty();
            if (value.isPresent()) {
                violation = check(field.getValue(), value.get(), path + "." + field.getKey());
            } else if (!(field.getValue() instanceof Validator.OptionalField)) {
                violation = Optional.of(new Validator.Violation(
                        path,
                        Optional.of(object),
                        "Object is missing the required field `" + field.getKey() + "`.\nValidator: "
                                + expected.text()));
            }
            if (violation.isPresent()) {
                return violation;
            }
        }
        for (String name : object.fields().keySet()) {
            if (!expected.fields().containsKey(name)) {
                return Optional.of(new Validator.Violation(
                        path,
                        Optional.of(object),
                        "Object contains extra field `" + name + "` that is not in the validator.\nValidator: "
                                + expected.text()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Validator.Violation> mismatch(Validator validator, ConvexValue value, String path) {
        return Optional.of(new Validator.Violation(
                path, Optional.of(value), "Value does not match validator.\nValidator: " + validator.text()));
    }
}
