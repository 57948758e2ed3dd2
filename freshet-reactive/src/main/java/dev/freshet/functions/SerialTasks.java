package dev.freshet.functions;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, in the order in which they came, on the threads of an executor: what they share needs
 * no lock, and thousands of these need no threads of their own. Thread-safe.
 */
public final class SerialTasks {
    private static final Logger LOG = LoggerFactory.getLogger(SerialTasks.class);
    /** So many in a row before others get their turn. */
    private static final int TURN = 64;

    private final Executor executor;
    /** Guarded by itself, as is {@link #scheduled}. */
    private final Queue<Runnable> waiting = new ArrayDeque<>(4);

    private boolean scheduled;

    /** Tasks will be run by the executor. */
    public SerialTasks(Executor executor) {
        this.executor = executor;
    }

    /** Adds a task; it must be short and must not block. What it throws is logged. */
    public void add(Runnable task) {
        synchronized (waiting) {
            waiting.add(task);
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        schedule();
    }

    private void schedule() {
        try {
            executor.execute(this::runTurn);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("the executor has stopped, tasks are dropped", stopped);
        }
    }

    private void runTurn() {
        for (int count = 0; count < TURN; count++) {
            Runnable task;
            synchronized (waiting) {
                task = waiting.poll();
                if (task == null) {
                    scheduled = false;
                    return;
                }
            }
            try {
                task.run();
            } catch (RuntimeException | Error failure) {
                // Also errors: the tasks behind this one would never run.
                LOG.error("a task failed", failure);
            }
        }
        schedule();
    }
}
