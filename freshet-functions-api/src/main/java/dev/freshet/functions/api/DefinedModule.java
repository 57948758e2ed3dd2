package dev.freshet.functions.api;

import java.util.List;

record DefinedModule(List<TableDefinition> tables, List<FunctionDefinition> functions, List<CronDefinition> crons)
        implements FunctionModule {
    DefinedModule {
        tables = List.copyOf(tables);
        functions = List.copyOf(functions);
        crons = List.copyOf(crons);
    }
}
