package dev.freshet.functions;

import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for queries and mutations: so many at a moment, a bounded queue before them, a time for each call. A call that
 * does not end in time is given up: whoever waits is told, and its thread is interrupted, left behind and replaced, since
 * Java code that loops cannot be stopped. Thread-safe.
 */
final class FunctionThreads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FunctionThreads.class);
    private static final int MAX_ABANDONED = 16;

    private final String name;
    private final Clock clock;
    private final Timer timer;
    private final long limitNs;
    private final LinkedBlockingQueue<Call<?>> queue;
    private final Set<Worker> workers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger abandoned = new AtomicInteger();
    private volatile boolean stopped;

    FunctionThreads(String name, int threads, int maxQueued, Duration limit, Clock clock, Timer timer) {
        this.name = name;
        this.clock = clock;
        this.timer = timer;
        this.limitNs = limit.toNanos();
        this.queue = new LinkedBlockingQueue<>(maxQueued);
        for (int count = 0; count < threads; count++) {
            startWorker();
        }
        scheduleWatch();
    }

    /** Runs the call on one of the threads; refused with {@link FunctionRefusedException} when too many wait. */
    <T> CompletableFuture<T> submit(Callable<T> body) {
        Call<T> call = new Call<>(body);
        if (stopped || !queue.offer(call)) {
            call.done.completeExceptionally(
                    stopped
                            ? new FunctionRefusedException(
                                    FunctionRefusedException.Reason.STOPPED, "the runtime is stopping")
                            : new FunctionRefusedException(
                                    FunctionRefusedException.Reason.EXECUTE_FULL,
                                    "more calls wait for a thread than may"));
        }
        return call.done;
    }

    private void startWorker() {
        Worker worker = new Worker();
        workers.add(worker);
        Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(worker);
        worker.thread = thread;
        thread.start();
    }

    private void scheduleWatch() {
        timer.schedule(Duration.ofNanos(Math.max(1_000_000, limitNs / 4)), () -> {
            workers.forEach(this::giveUpIfOverdue);
            if (!stopped) {
                scheduleWatch();
            }
        });
    }

    private void giveUpIfOverdue(Worker worker) {
        Call<?> call = worker.call;
        // Half as much again: a function that touches tables ends itself at the limit, with a better message.
        if (call != null && clock.monotonicNs() - worker.startedNs > limitNs + limitNs / 2) {
            if (abandoned.incrementAndGet() > MAX_ABANDONED) {
                abandoned.decrementAndGet();
                LOG.error("too many functions never return, one more keeps its thread [threads={}]", name);
                call.giveUp();
                return;
            }
            workers.remove(worker);
            worker.abandoned = true;
            call.giveUp();
            Thread thread = worker.thread;
            if (thread != null) {
                thread.interrupt();
            }
            LOG.error("a function does not return and is left behind [threads={}]", name);
            startWorker();
        }
    }

    @Override
    public void close() {
        stopped = true;
        for (Worker worker : workers) {
            Thread thread = worker.thread;
            if (thread != null) {
                thread.interrupt();
            }
        }
        for (Call<?> call = queue.poll(); call != null; call = queue.poll()) {
            call.done.completeExceptionally(
                    new FunctionRefusedException(FunctionRefusedException.Reason.STOPPED, "the runtime is stopping"));
        }
    }

    private final class Worker implements Runnable {
        volatile @Nullable Thread thread;
        volatile @Nullable Call<?> call;
        volatile long startedNs;
        volatile boolean abandoned;

        @Override
        public void run() {
            while (!abandoned && !stopped) {
                try {
                    Call<?> next = queue.take();
                    startedNs = clock.monotonicNs();
                    call = next;
                    next.run();
                } catch (InterruptedException interruption) {
                    LOG.debug("a function thread was interrupted [threads={}]", name, interruption);
                } finally {
                    call = null;
                }
            }
            workers.remove(this);
            if (abandoned) {
                FunctionThreads.this.abandoned.decrementAndGet();
            }
        }
    }

    private record Call<T>(Callable<T> body, CompletableFuture<T> done) {
        Call(Callable<T> body) {
            this(body, new CompletableFuture<>());
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

        void giveUp() {
            done.completeExceptionally(new FunctionTimeoutException());
        }
    }
}
