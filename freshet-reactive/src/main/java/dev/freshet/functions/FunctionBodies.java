package dev.freshet.functions;

import dev.freshet.functions.api.DeclaredCaller;
import dev.freshet.functions.api.FunctionDefinition;
import dev.freshet.functions.api.FunctionHandler;
import dev.freshet.functions.api.Scheduler;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.ValueLimits;
import dev.freshet.reactive.Transaction;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Randomness;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Runs the bodies of queries and mutations over a transaction, on the present thread, and checks what they return. Where
 * one function calls another, arguments are checked but no guard is asked: the caller answers for it.
 */
final class FunctionBodies implements TransactionContext.Nested {
    private final FunctionRegistry registry;
    private final Clock clock;
    private final Randomness randomness;
    private final ScheduledFunctions scheduled;

    FunctionBodies(FunctionRegistry registry, Clock clock, Randomness randomness, ScheduledFunctions scheduled) {
        this.registry = registry;
        this.clock = clock;
        this.randomness = randomness;
        this.scheduled = scheduled;
    }

    ConvexValue query(
            Transaction transaction, FunctionDefinition function, DeclaredCaller caller, ConvexObject arguments)
            throws Exception {
        if (!(function.handler() instanceof FunctionHandler.OfQuery body)) {
            throw new IllegalArgumentException(function.path() + " is not a query");
        }
        ConvexValue result = body.handler()
                .run(context(transaction, caller, Optional.empty()).readOnly(), arguments);
        transaction.requireWithinLimits();
        return checked(function, result);
    }

    /** @param scheduledBy the row of the scheduled function that this is, or is called by */
    ConvexValue mutation(
            Transaction transaction,
            FunctionDefinition function,
            DeclaredCaller caller,
            ConvexObject arguments,
            Optional<String> scheduledBy)
            throws Exception {
        Scheduler scheduler = new TransactionScheduler(scheduled, transaction, scheduledBy);
        return mutation(transaction, function, caller, scheduler, arguments);
    }

    private ConvexValue mutation(
            Transaction transaction,
            FunctionDefinition function,
            DeclaredCaller caller,
            Scheduler scheduler,
            ConvexObject arguments)
            throws Exception {
        if (!(function.handler() instanceof FunctionHandler.OfMutation body)) {
            throw new IllegalArgumentException(function.path() + " is not a mutation");
        }
        ConvexValue result = body.handler().run(context(transaction, caller, Optional.of(scheduler)), arguments);
        transaction.requireWithinLimits();
        return checked(function, result);
    }

    private TransactionContext context(
            Transaction transaction, DeclaredCaller caller, Optional<Scheduler> schedulerOfMutation) {
        return new TransactionContext(
                transaction, caller, this, Instant.ofEpochMilli(clock.epochMs()), schedulerOfMutation);
    }

    static ConvexValue checked(FunctionDefinition function, ConvexValue result) {
        ValueLimits.ARGUMENTS_AND_RESULTS.check("the result of " + function.path(), result);
        Optional<Validator.Violation> violation = function.returns().flatMap(validator -> validator.check(result));
        if (violation.isPresent()) {
            throw new ReturnsValidationException(violation.get());
        }
        return result;
    }

    @Override
    public ConvexValue query(Transaction transaction, DeclaredCaller caller, String path, ConvexObject arguments) {
        FunctionDefinition function = nested(path, arguments, transaction.snapshot()::allowsId);
        try {
            return query(transaction, function, narrowed(caller, function), arguments);
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new NestedCallException(path, failure);
        }
    }

    @Override
    public ConvexValue mutation(
            Transaction transaction, DeclaredCaller caller, Scheduler scheduler, String path, ConvexObject arguments) {
        FunctionDefinition function = nested(path, arguments, transaction.snapshot()::allowsId);
        Transaction.Savepoint before = transaction.savepoint();
        boolean returned = false;
        try {
            ConvexValue result = mutation(transaction, function, narrowed(caller, function), scheduler, arguments);
            returned = true;
            return result;
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new NestedCallException(path, failure);
        } finally {
            if (!returned) {
                transaction.rollBackTo(before);
            }
        }
    }

    FunctionDefinition nested(String path, ConvexObject arguments, Validator.IdCheck ids) {
        FunctionDefinition function = registry.find(path)
                .orElseThrow(() -> new IllegalArgumentException("there is no function '" + path + "'"));
        Optional<Validator.Violation> violation = function.arguments().check(arguments, ids);
        if (violation.isPresent()) {
            throw new IllegalArgumentException(
                    FunctionErrors.badArguments(violation.get()).message());
        }
        return function;
    }

    private static DeclaredCaller narrowed(DeclaredCaller caller, FunctionDefinition function) {
        return caller.narrowedTo(function.callerFacts());
    }

    @Override
    public RandomGenerator random() {
        return randomness.generator();
    }

    /** A function returned what its validator does not allow. */
    static final class ReturnsValidationException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ReturnsValidationException(Validator.Violation violation) {
            super("ReturnsValidationError: " + violation.describe());
        }
    }

    /** A function called by another threw a checked exception. */
    static final class NestedCallException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NestedCallException(String path, Exception cause) {
            super(path + " failed: " + cause.getMessage(), cause);
        }
    }
}
