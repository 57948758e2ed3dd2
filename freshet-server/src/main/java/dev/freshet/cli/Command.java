package dev.freshet.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command: its options, and what it does with them. */
interface Command {
    /** Adds options and positional parameters; the spec has a name and standard help already. */
    void describe(CommandSpec spec);

    /**
     * @return the exit code
     * @throws CommandFailure for what a person can mend
     */
    int run(ParseResult arguments) throws Exception;
}
