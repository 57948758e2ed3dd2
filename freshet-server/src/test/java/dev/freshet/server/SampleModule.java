package dev.freshet.server;

import dev.freshet.functions.api.CallerFacts;
import dev.freshet.functions.api.FunctionDefinition;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;

/** What somebody else's jar may hold. */
public final class SampleModule implements FunctionModule {
    private static final String TABLE = "sampleNotes";

    private final FunctionModule module = FunctionModule.named("sample")
            .table(TableDefinition.named(TABLE))
            .mutation("write")
            .argument("text", Validator.string())
            .handler((context, arguments) -> ConvexValue.of(context.db().insert(TABLE, arguments)))
            .query("count")
            .handler((context, arguments) ->
                    ConvexValue.of(context.db().query(TABLE).count()))
            .query("countOf")
            .argument("text", Validator.string())
            .handler((context, arguments) -> ConvexValue.of(context.db().query(TABLE).collect().stream()
                    .filter(note -> note.value("text").equals(arguments.value("text")))
                    .count()))
            .query("hidden")
            .internal()
            .handler((context, arguments) -> ConvexValue.of("for administrators"))
            .query("repeat")
            .argument("text", Validator.string())
            .argument("count", Validator.number())
            .handler((context, arguments) ->
                    ConvexValue.of(arguments.string("text").repeat((int) arguments.number("count"))))
            .query("identity")
            .caller(CallerFacts.PERSON)
            .handler((context, arguments) ->
                    context.caller().userId().isPresent() ? context.caller().claims() : ConvexValue.ofNull())
            .build();

    @Override
    public List<TableDefinition> tables() {
        return module.tables();
    }

    @Override
    public List<FunctionDefinition> functions() {
        return module.functions();
    }
}
