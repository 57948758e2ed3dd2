package dev.freshet.functions;

import dev.freshet.functions.api.FunctionDefinition;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.api.Visibility;
import dev.freshet.functions.value.ConvexBoolean;
import dev.freshet.functions.value.ConvexFloat64;
import dev.freshet.functions.value.ConvexInt64;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Writes TypeScript for official clients: an object {@code api} with a typed reference to every public function, for
 * {@code useQuery(api.messages.list, …)}. The same modules give the same text.
 */
public final class TypeScriptApi {
    private static final int LINE = 100;
    private static final String INDENT = "  ";
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String HEAD = """
            // Written by `./freshet codegen` from the server's functions; changes by hand are lost.
            import { makeFunctionReference } from "convex/server";
            import type { GenericId } from "convex/values";

            /** The id of a document in the table. */
            export type Id<Table extends string> = GenericId<Table>;

            /** The server's public functions, as `useQuery(api.module.function, args)` takes them. */
            export const api =\s""";

    private TypeScriptApi() {}

    /** The whole file. */
    public static String of(List<FunctionModule> modules) {
        Folder root = new Folder();
        for (FunctionDefinition function : FunctionRegistry.of(modules).functions()) {
            if (function.visibility() == Visibility.PUBLIC) {
                Folder folder = root;
                for (String step : function.path().module().split("/")) {
                    folder = folder.folders.computeIfAbsent(step, ignored -> new Folder());
                }
                folder.functions.put(function.path().function(), function);
            }
        }
        StringBuilder text = new StringBuilder(HEAD);
        write(text, root, "");
        // Unions over several lines begin on the next line, wherever they stand.
        return text.append(";\n").toString().replaceAll("(?m)^ +\n", "").replaceAll("(?m) +$", "");
    }

    /** A module, or a folder of modules, or both. */
    private static final class Folder {
        final Map<String, Folder> folders = new TreeMap<>();
        final Map<String, FunctionDefinition> functions = new TreeMap<>();
    }

    private static void write(StringBuilder text, Folder folder, String indent) {
        text.append("{\n");
        String inner = indent + INDENT;
        folder.folders.forEach((name, nested) -> {
            text.append(inner).append(property(name)).append(": ");
            write(text, nested, inner);
            text.append(",\n");
        });
        folder.functions.forEach((name, function) -> text.append(inner)
                .append(property(name))
                .append(": makeFunctionReference<\n")
                .append(inner + INDENT)
                .append('"')
                .append(function.handler().kind())
                .append("\",\n")
                .append(inner + INDENT)
                .append(argumentsOf(function, inner + INDENT))
                .append(",\n")
                .append(inner + INDENT)
                .append(function.returns()
                        .map(returned -> type(returned, inner + INDENT))
                        .orElse("any"))
                .append('\n')
                .append(inner)
                .append(">(\"")
                .append(function.path())
                .append("\"),\n"));
        text.append(indent).append('}');
    }

    private static String argumentsOf(FunctionDefinition function, String indent) {
        return function.arguments() instanceof Validator.ObjectOf(Map<String, Validator> fields) && fields.isEmpty()
                ? "Record<string, never>"
                : type(function.arguments(), indent);
    }

    private static String property(String name) {
        return IDENTIFIER.matcher(name).matches() ? name : quoted(name);
    }

    private static String type(Validator validator, String indent) {
        return switch (validator) {
            case Validator.Any ignored -> "any";
            case Validator.Unchecked(Validator shape) -> type(shape, indent);
            case Validator.IdOf(String table) -> "Id<" + quoted(table) + ">";
            case Validator.OfType ofType -> plainType(ofType);
            case Validator.Literal(ConvexValue value) -> literal(value);
            case Validator.OptionalField(Validator within) -> type(within, indent);
            case Validator.ArrayOf(Validator element) -> "Array<" + type(element, indent) + ">";
            case Validator.RecordOf(Validator value) -> "Record<string, " + type(value, indent) + ">";
            case Validator.Union(List<Validator> members) -> union(members, indent);
            case Validator.ObjectOf(Map<String, Validator> fields) -> object(fields, indent);
        };
    }

    private static String plainType(Validator.OfType validator) {
        return switch (validator.type()) {
            case NULL -> "null";
            case INT64 -> "bigint";
            case FLOAT64 -> "number";
            case BOOLEAN -> "boolean";
            case STRING -> "string";
            case BYTES -> "ArrayBuffer";
            case ARRAY -> "any[]";
            case OBJECT -> "Record<string, any>";
        };
    }

    private static String literal(ConvexValue value) {
        return switch (value) {
            case ConvexString(String text) -> quoted(text);
            case ConvexBoolean(boolean flag) -> Boolean.toString(flag);
            case ConvexInt64(long number) -> number + "n";
            case ConvexFloat64(double number)
            when number == Math.rint(number) && Math.abs(number) < 1e15 -> Long.toString((long) number);
            case ConvexFloat64(double number) when Double.isFinite(number) -> Double.toString(number);
            default -> "any";
        };
    }

    private static String quoted(String text) {
        return ConvexJson.encode(ConvexValue.of(text));
    }

    private static String union(List<Validator> members, String indent) {
        List<String> types =
                members.stream().map(member -> type(member, indent + INDENT)).toList();
        String inLine = String.join(" | ", types);
        return fits(inLine, indent)
                ? inLine
                : "\n" + indent + INDENT + "| " + String.join("\n" + indent + INDENT + "| ", types);
    }

    private static String object(Map<String, Validator> fields, String indent) {
        List<String> members = new ArrayList<>();
        fields.forEach((name, validator) -> members.add(property(name)
                + (validator instanceof Validator.OptionalField ? "?: " : ": ")
                + type(validator, indent + INDENT)));
        if (members.isEmpty()) {
            return "Record<string, never>";
        }
        String inLine = "{ " + String.join("; ", members) + " }";
        return fits(inLine, indent)
                ? inLine
                : "{\n" + indent + INDENT + String.join(";\n" + indent + INDENT, members) + ";\n" + indent + "}";
    }

    private static boolean fits(String text, String indent) {
        return text.indexOf('\n') < 0 && text.length() + indent.length() <= LINE;
    }
}
