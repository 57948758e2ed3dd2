package dev.freshet.functions;

import dev.freshet.functions.FunctionRefusedException.Reason;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for queries and mutations: so many at a moment, a bounded queue before them, a time for each call. A call that
 * does not end in time is given up: whoever waits is told, and its thread is interrupted, left behind and replaced, since
 * Java code that loops cannot be stopped. A function of which some runs have been left behind and not returned is not
 * begun again, so that it cannot use up the threads of all others. Thread-safe.
 */
final class FunctionThreads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FunctionThreads.class);
    private static final int MAX_LEFT_BEHIND = 16;
    private static final int MAX_LEFT_BEHIND_OF_ONE_FUNCTION = 2;

    private final String name;
    private final int threads;
    private final Clock clock;
    private final Timer timer;
    private final long limitNs;
    private final LinkedBlockingQueue<Call<?>> queue;
    private final Set<Worker> workers = ConcurrentHashMap.newKeySet();
    /** Runs that were given up and have not returned, by function. */
    private final ConcurrentMap<String, Integer> givenUp = new ConcurrentHashMap<>();
    /** Guarded by this object: workers that were replaced, and workers that hang and were not. */
    private int leftBehind;

    private int stuck;
    private volatile boolean allStuck;
    private volatile boolean stopped;

    FunctionThreads(String name, int threads, int maxQueued, Duration limit, Clock clock, Timer timer) {
        this.name = name;
        this.threads = threads;
        this.clock = clock;
        this.timer = timer;
        this.limitNs = limit.toNanos();
        this.queue = new LinkedBlockingQueue<>(maxQueued);
        for (int count = 0; count < threads; count++) {
            startWorker();
        }
        scheduleWatch();
    }

    /**
     * Runs the call on one of the threads; refused with {@link FunctionRefusedException} when too many wait or no thread
     * is left, with {@link FunctionBusyException} when earlier calls of the same function still have not returned.
     */
    <T> CompletableFuture<T> submit(String function, Callable<T> body) {
        Call<T> call = new Call<>(function, body);
        if (stopped) {
            call.refuse(Reason.STOPPED, "the runtime is stopping");
        } else if (givenUp.getOrDefault(function, 0) >= MAX_LEFT_BEHIND_OF_ONE_FUNCTION) {
            call.done.completeExceptionally(new FunctionBusyException());
        } else if (!queue.offer(call)) {
            call.refuse(Reason.EXECUTE_FULL, "more calls wait for a thread than may");
        } else if (stopped || allStuck) {
            // Whoever set these may have emptied the queue just before this call went in.
            refuseWaiting();
        }
        return call.done;
    }

    private void refuseWaiting() {
        for (Call<?> call = queue.poll(); call != null; call = queue.poll()) {
            if (stopped) {
                call.refuse(Reason.STOPPED, "the runtime is stopping");
            } else {
                call.refuse(Reason.EXECUTE_FULL, "functions that do not return hold all threads");
            }
        }
    }

    private void startWorker() {
        Worker worker = new Worker();
        worker.thread = Thread.ofPlatform().daemon().name(name).unstarted(worker);
        workers.add(worker);
        worker.thread.start();
    }

    private void scheduleWatch() {
        timer.schedule(Duration.ofNanos(Math.max(1_000_000, limitNs / 4)), () -> {
            if (!stopped) {
                scheduleWatch();
                workers.forEach(this::giveUpIfOverdue);
            }
        });
    }

    private void giveUpIfOverdue(Worker worker) {
        Call<?> call = worker.call;
        // Half as much again: a function that touches tables ends itself at the limit, with a better message.
        if (call != null && clock.monotonicNs() - worker.startedNs > limitNs + limitNs / 2) {
            giveUp(worker, call);
        }
    }

    private synchronized void giveUp(Worker worker, Call<?> call) {
        // That the worker is still at this very call is checked under the lock that it takes to go on to the next one.
        if (worker.call != call || worker.hangs || !call.done.completeExceptionally(new FunctionTimeoutException())) {
            return;
        }
        worker.hangs = true;
        givenUp.merge(call.function, 1, Integer::sum);
        if (worker.thread != null) {
            worker.thread.interrupt();
        }
        if (leftBehind < MAX_LEFT_BEHIND) {
            LOG.error("a function does not return and is left behind [function={}, threads={}]", call.function, name);
            leftBehind++;
            worker.replaced = true;
            workers.remove(worker);
            startWorker();
        } else {
            LOG.error("too many functions do not return, one more keeps its thread [function={}]", call.function);
            stuck++;
            if (stuck == threads) {
                allStuck = true;
                refuseWaiting();
            }
        }
    }

    /** The worker has come back from its call. */
    private synchronized boolean mayGoOn(Worker worker, Call<?> call) {
        worker.call = null;
        if (!worker.hangs) {
            return true;
        }
        worker.hangs = false;
        givenUp.computeIfPresent(call.function, (function, count) -> count > 1 ? count - 1 : null);
        if (worker.replaced) {
            leftBehind--;
            return false;
        }
        stuck--;
        allStuck = false;
        // The interrupt was meant for the call.
        boolean ignored = Thread.interrupted();
        return true;
    }

    /** Takes no more; who waits for a call is told so, whether the function returns or not. */
    @Override
    public void close() {
        stopped = true;
        for (Worker worker : workers) {
            Thread thread = worker.thread;
            if (thread != null) {
                thread.interrupt();
            }
            Call<?> call = worker.call;
            if (call != null) {
                call.refuse(Reason.STOPPED, "the runtime is stopping");
            }
        }
        refuseWaiting();
    }

    private final class Worker implements Runnable {
        volatile @Nullable Thread thread;
        volatile @Nullable Call<?> call;
        volatile long startedNs;
        /** Guarded by the threads: its call was given up; and then, another worker has taken its place. */
        boolean hangs;

        boolean replaced;

        @Override
        public void run() {
            boolean goesOn = true;
            while (goesOn && !stopped) {
                try {
                    goesOn = runNext();
                } catch (InterruptedException interruption) {
                    LOG.debug("a function thread was interrupted [threads={}]", name, interruption);
                }
            }
            workers.remove(this);
        }

        private boolean runNext() throws InterruptedException {
            Call<?> next = queue.take();
            startedNs = clock.monotonicNs();
            call = next;
            // Read after the call can be seen: either it is refused here or whoever closes sees it.
            if (stopped) {
                next.refuse(Reason.STOPPED, "the runtime is stopping");
            } else {
                next.run();
            }
            return mayGoOn(this, next);
        }
    }

    private static final class Call<T> {
        final String function;
        final Callable<T> body;
        final CompletableFuture<T> done = new CompletableFuture<>();

        Call(String function, Callable<T> body) {
            this.function = function;
            this.body = body;
        }

        void run() {
            T result;
            try {
                result = body.call();
            } catch (Throwable failure) {
                // Also errors, as a stack overflow of the function: the thread goes on and the caller is told.
                done.completeExceptionally(failure);
                return;
            }
            done.complete(result);
        }

        void refuse(Reason reason, String message) {
            done.completeExceptionally(new FunctionRefusedException(reason, message));
        }
    }
}
