package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.PaginationOptions;
import dev.freshet.functions.api.PaginationResult;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypeScriptApiTest {
    private static final FunctionModule MESSAGES = FunctionModule.named("rooms/messages")
            .query("list")
            .argument("paginationOpts", PaginationOptions.validator())
            .returns(PaginationResult.validator(Validator.object().field("_id", Validator.id("messages"))))
            .handler((context, arguments) -> ConvexValue.ofNull())
            .mutation("send")
            .argument("body", Validator.string())
            .argument("kind", Validator.optional(Validator.oneOf("text", "a \"quoted\" one")))
            .argument("size", Validator.union(Validator.int64(), Validator.literal(ConvexValue.of(7))))
            .argument("shape", Validator.unchecked(Validator.record(Validator.array(Validator.bool()))))
            .returns(Validator.nullable(Validator.bytes()))
            .handler((context, arguments) -> ConvexValue.ofNull())
            .mutation("hidden")
            .internal()
            .handler((context, arguments) -> ConvexValue.ofNull())
            .build();

    private static final FunctionModule ROOMS = FunctionModule.named("rooms")
            .action("clean")
            .handler((context, arguments) -> ConvexValue.ofNull())
            .build();

    @Test
    void everyPublicFunctionHasAReferenceWithItsTypes() {
        String text = TypeScriptApi.of(List.of(MESSAGES, ROOMS));

        assertThat(text.substring(text.indexOf("export const api"))).isEqualTo("""
                export const api = {
                  rooms: {
                    messages: {
                      list: makeFunctionReference<
                        "query",
                        {
                          paginationOpts: {
                            numItems: number;
                            cursor: string | null;
                            endCursor?: string | null;
                            id?: number;
                            maximumRowsRead?: number;
                            maximumBytesRead?: number;
                          };
                        },
                        {
                          page: Array<{ _id: Id<"messages"> }>;
                          isDone: boolean;
                          continueCursor: string;
                          splitCursor?: string;
                          pageStatus?: "SplitRecommended" | "SplitRequired";
                        }
                      >("rooms/messages:list"),
                      send: makeFunctionReference<
                        "mutation",
                        {
                          body: string;
                          kind?: "text" | "a \\"quoted\\" one";
                          size: bigint | 7;
                          shape: Record<string, Array<boolean>>;
                        },
                        ArrayBuffer | null
                      >("rooms/messages:send"),
                    },
                    clean: makeFunctionReference<
                      "action",
                      Record<string, never>,
                      any
                    >("rooms:clean"),
                  },
                };
                """);
    }

    @Test
    void theOrderOfModulesDoesNotMatter() {
        assertThat(TypeScriptApi.of(List.of(ROOMS, MESSAGES))).isEqualTo(TypeScriptApi.of(List.of(MESSAGES, ROOMS)));
    }
}
