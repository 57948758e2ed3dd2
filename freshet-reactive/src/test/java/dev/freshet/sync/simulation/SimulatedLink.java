package dev.freshet.sync.simulation;

import dev.freshet.sync.SyncSession;
import dev.freshet.sync.SyncTransport;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One socket between a client and the server, over a bad network. Messages of one direction keep their order; each takes
 * a time of its own, counted in steps of the simulation. Either end may lose the other and be the only one to know for a
 * while: a socket that its client has left may go on bringing what was on its way. Belongs to the simulation's thread;
 * only what the server sends comes on others.
 */
final class SimulatedLink implements SyncTransport {
    private static final long NEVER = Long.MAX_VALUE;

    private final SplittableRandom random;
    private final Receiver receiver;
    private final Sabotage.Tampering tampering;
    private final int slowness;
    /** Whether the server's socket takes messages at once, however slow the way is. */
    private final boolean hasLargeBuffer;

    private final Queue<Arrival> sentByServer = new ConcurrentLinkedQueue<>();
    private final Deque<InFlight> down = new ArrayDeque<>();
    private final Deque<InFlight> up = new ArrayDeque<>();
    private @Nullable SyncSession session;
    private boolean clientHasLeft;
    private boolean serverHasLeft;
    private boolean isDeaf;
    private long stalledUntil;
    private long clientLeavesAt = NEVER;
    private long serverLeavesAt = NEVER;
    /** Set when the server's process is killed: what it would say from then on nobody hears. */
    private volatile boolean serverIsDead;

    SimulatedLink(SplittableRandom random, Receiver receiver, Sabotage.Tampering tampering) {
        this.random = random;
        this.receiver = receiver;
        this.tampering = tampering;
        this.slowness = 1 + random.nextInt(random.nextInt(4) == 0 ? 30 : 6);
        this.hasLargeBuffer = random.nextBoolean();
    }

    /** The client's end. */
    interface Receiver {
        void heard(String text);

        /** The socket is gone. */
        void lost(SimulatedLink link, String reason);
    }

    private record InFlight(Arrival arrival, long due) {}

    /** A message, or the socket's end. */
    private record Arrival(String text, boolean isClose, Runnable flushed) {}

    void attach(SyncSession opened) {
        session = opened;
    }

    @Override
    public void send(String text, Runnable flushed) {
        if (!serverIsDead) {
            sentByServer.add(new Arrival(text, false, flushed));
        }
    }

    @Override
    public void close(int code, String reason) {
        if (!serverIsDead) {
            sentByServer.add(new Arrival(reason, true, () -> {}));
        }
    }

    /** The client says something. */
    void say(String text, long now) {
        for (String altered : tampering.up(text)) {
            up.add(new InFlight(new Arrival(altered, false, () -> {}), dueAfter(up, now)));
        }
    }

    private long dueAfter(Deque<InFlight> before, long now) {
        long due = now + random.nextInt(slowness);
        return before.isEmpty() ? due : Math.max(due, before.getLast().due);
    }

    /** Brings what has arrived by now to where it goes. */
    void advance(long now) {
        takeFromServer(now);
        while (now >= stalledUntil && !down.isEmpty() && down.getFirst().due <= now) {
            Arrival arrival = down.removeFirst().arrival;
            if (!hasLargeBuffer) {
                arrival.flushed.run();
            }
            deliver(arrival);
        }
        if (clientLeavesAt <= now) {
            tellClient("ConnectionLost");
        }
        while (!serverHasLeft && !up.isEmpty() && up.getFirst().due <= now) {
            session().receive(up.removeFirst().arrival.text);
        }
        if (serverLeavesAt <= now && !serverHasLeft) {
            serverHasLeft = true;
            up.clear();
            session().closed();
        }
    }

    private void takeFromServer(long now) {
        while (now >= stalledUntil || hasLargeBuffer) {
            Arrival arrival = sentByServer.poll();
            if (arrival == null) {
                return;
            }
            if (hasLargeBuffer || clientHasLeft) {
                arrival.flushed.run();
            }
            if (arrival.isClose) {
                down.add(new InFlight(arrival, dueAfter(down, now)));
            } else if (!isDeaf && !clientHasLeft) {
                Runnable flushed = arrival.flushed;
                for (String altered : tampering.down(this, arrival.text)) {
                    down.add(new InFlight(new Arrival(altered, false, flushed), dueAfter(down, now)));
                    flushed = () -> {};
                }
            }
        }
    }

    private void deliver(Arrival arrival) {
        if (arrival.isClose) {
            serverHasLeft = true;
            tellClient(arrival.text);
        } else if (!clientHasLeft) {
            receiver.heard(arrival.text);
        }
    }

    private void tellClient(String reason) {
        if (!clientHasLeft) {
            clientHasLeft = true;
            receiver.lost(this, reason);
        }
    }

    private SyncSession session() {
        return java.util.Objects.requireNonNull(session, "a link is attached before it is used");
    }

    /** Both ends are gone. */
    boolean isOver() {
        return clientHasLeft && serverHasLeft;
    }

    // What goes wrong

    /** The way down brings nothing any more; the client leaves when it has noticed. */
    void deafen(long clientNoticesAt, long serverNoticesAt) {
        isDeaf = true;
        clientLeavesAt = Math.min(clientLeavesAt, clientNoticesAt);
        serverLeavesAt = Math.min(serverLeavesAt, serverNoticesAt);
    }

    /** Each end notices at its time; until the server does it gets what was on its way. */
    void cut(long clientNoticesAt, long serverNoticesAt) {
        clientLeavesAt = Math.min(clientLeavesAt, clientNoticesAt);
        serverLeavesAt = Math.min(serverLeavesAt, serverNoticesAt);
    }

    /** The client reads nothing for a while. */
    void stall(long until) {
        stalledUntil = until;
    }

    /** The server's process is killed. */
    void killServer(long clientNoticesAt) {
        serverIsDead = true;
        clientLeavesAt = Math.min(clientLeavesAt, clientNoticesAt);
    }

    /** The server has stopped: nothing reaches it any more. What it had sent still arrives. */
    void serverStopped(long clientNoticesAt) {
        serverHasLeft = true;
        up.clear();
        clientLeavesAt = Math.min(clientLeavesAt, clientNoticesAt);
    }

    /** From now on nothing goes wrong; what went wrong is noticed soon. */
    void heal(long soon) {
        stalledUntil = 0;
        if (isDeaf || clientHasLeft || clientLeavesAt != NEVER || serverLeavesAt != NEVER) {
            cut(soon, soon);
        }
    }
}
