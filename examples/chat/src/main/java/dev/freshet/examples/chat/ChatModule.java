package dev.freshet.examples.chat;

import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.api.CronDefinition;
import dev.freshet.functions.api.CronSchedule;
import dev.freshet.functions.api.FunctionDefinition;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.api.MutationContext;
import dev.freshet.functions.api.Order;
import dev.freshet.functions.api.PaginationOptions;
import dev.freshet.functions.api.PaginationResult;
import dev.freshet.functions.api.QueryContext;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.TableQuery;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.time.Duration;
import java.util.List;

/**
 * Channels of messages: sent now or later, read in pages from the newest on, counted without being read, forgotten after
 * 30 days.
 */
public final class ChatModule implements FunctionModule {
    private static final String MESSAGES = "messages";
    private static final int MOST_CHARACTERS = 4_000;
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int REMOVED_AT_ONCE = 1_000;

    private static final Validator.ObjectOf MESSAGE = Validator.object()
            .field("channel", Validator.string())
            .field("author", Validator.string())
            .field("body", Validator.string());

    private final FunctionModule module = FunctionModule.named("chat")
            .table(TableDefinition.named(MESSAGES).durable().document(MESSAGE).index("by_channel", "channel"))
            .query("list")
            .argument("channel", Validator.string())
            .argument("paginationOpts", PaginationOptions.validator())
            .returns(PaginationResult.validator(
                    MESSAGE.field("_id", Validator.id(MESSAGES)).field("_creationTime", Validator.number())))
            .handler((context, arguments) -> inChannel(context, arguments)
                    .order(Order.DESCENDING)
                    .paginate(PaginationOptions.of(arguments.object("paginationOpts")))
                    .toValue())
            .query("count")
            .argument("channel", Validator.string())
            .returns(Validator.number())
            .handler((context, arguments) ->
                    ConvexValue.of(inChannel(context, arguments).count()))
            .mutation("send")
            .argument("channel", Validator.string())
            .argument("author", Validator.string())
            .argument("body", Validator.string())
            .returns(Validator.id(MESSAGES))
            .handler(ChatModule::send)
            .mutation("sendLater")
            .argument("afterMs", Validator.number())
            .argument("channel", Validator.string())
            .argument("author", Validator.string())
            .argument("body", Validator.string())
            .returns(Validator.id("_scheduled_functions"))
            .handler((context, arguments) -> ConvexValue.of(context.scheduler()
                    .runAfter(
                            Duration.ofMillis((long) arguments.number("afterMs")),
                            "chat:send",
                            arguments.without("afterMs"))))
            .mutation("removeOld")
            .internal()
            .handler((context, arguments) -> removeOld(context))
            .cron("remove old messages", CronSchedule.hourly(10), "chat:removeOld", ConvexObject.empty())
            .build();

    @Override
    public List<TableDefinition> tables() {
        return module.tables();
    }

    @Override
    public List<FunctionDefinition> functions() {
        return module.functions();
    }

    @Override
    public List<CronDefinition> crons() {
        return module.crons();
    }

    private static TableQuery inChannel(QueryContext context, ConvexObject arguments) {
        return context.db()
                .query(MESSAGES)
                .withIndex("by_channel", IndexRange.all().eq("channel", arguments.value("channel")));
    }

    private static ConvexValue send(MutationContext context, ConvexObject arguments) {
        int characters = arguments.string("body").strip().length();
        if (characters == 0 || characters > MOST_CHARACTERS) {
            throw ConvexError.of("invalid_argument", "A message has 1 to " + MOST_CHARACTERS + " characters.", "body");
        }
        return ConvexValue.of(context.db().insert(MESSAGES, arguments));
    }

    /** In small transactions, each of which has the next one run. */
    private static ConvexValue removeOld(MutationContext context) {
        ConvexValue oldest = ConvexValue.of((double) context.now().minus(KEPT).toEpochMilli());
        List<ConvexObject> old = context.db()
                .query(MESSAGES)
                .withIndex(TableDefinition.BY_CREATION_TIME, IndexRange.all().lt("_creationTime", oldest))
                .take(REMOVED_AT_ONCE);
        old.forEach(message -> context.db().delete(MESSAGES, message.string("_id")));
        if (old.size() == REMOVED_AT_ONCE) {
            String _ = context.scheduler().runAfter(Duration.ZERO, "chat:removeOld", ConvexObject.empty());
        }
        return ConvexValue.of(old.size());
    }
}
