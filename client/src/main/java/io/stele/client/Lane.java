package io.stele.client;

import io.stele.client.ClientContext.Endpoint;
import io.stele.transport.MessageSequence;
import io.stele.transport.client.Dialer;
import io.stele.transport.codec.ErrorCode;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One place for a connection: keeps it connected, going round the endpoints, waiting longer after each failure in a
 * row. In a cluster it goes where the leader is, as soon as the leader is known to be elsewhere, and leaves a server
 * that gives no sign of life; the connection that it leaves goes on receiving what it waits for. A server that says
 * goodbye goes on serving for a while: it is used until there is another connection.
 *
 * <pre>
 *     dialling ----&gt; current ----&gt; retired: takes nothing new, ends with its last reply
 *        ^              |
 *        '-- closed &lt;---'          at times there are two: the current one, and one dialled to take its place
 * </pre>
 */
final class Lane {
    private static final long BACKOFF_MIN_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long BACKOFF_MAX_NS = TimeUnit.SECONDS.toNanos(1);

    /** How soon a member is asked again who leads when it does not know. */
    private static final long NO_LEADER_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /** So long a server that says goodbye may take to say who leads now; then any other will do. */
    private static final long FAREWELL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    /** How soon it is tried again to reach the leader. */
    private static final long UNREACHABLE_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final SteleClient client;
    private final ClientContext context;
    private final Dialer dialer;
    private final Endpoints endpoints;
    private final UnsafeBuffer membersRequest = new UnsafeBuffer(new RequestWriter().memberList(false));
    private int turn;
    private int failureCount;
    private boolean isClosed;

    /** The session over which it is being asked who leads; null: none. */
    private Session asking;

    private int hastyCount;
    private volatile long termSeen;

    /** The session whose server is about to stop; null: none. It is used while there is no other. */
    private volatile Session leaving;

    /** The session being dialled; null if none is. */
    private Session dialled;

    /** What callers use; null while there is no connection. */
    private volatile Session session;

    Lane(SteleClient client, ClientContext context, Dialer dialer, Endpoints endpoints, int index) {
        this.client = client;
        this.context = context;
        this.dialer = dialer;
        this.endpoints = endpoints;
        turn = index;
    }

    Session session() {
        return session;
    }

    /** How long a server that owes replies may be silent. */
    long patienceNs() {
        return endpoints.patienceNs(context.answerTimeoutNs, System.nanoTime());
    }

    boolean isOfCluster() {
        return context.isCluster();
    }

    synchronized void dial() {
        if (!isClosed && dialled == null && (session == null || session == leaving)) {
            dial(endpoints.next(turn++, System.nanoTime()));
        }
    }

    private void dial(Endpoint endpoint) {
        Session next = new Session(this, endpoint, context.inFlightMax, context.requestTimeoutNs);
        dialled = next;
        dialer.dial(endpoint.host(), endpoint.port(), next);
        if (context.isCluster()) {
            long patienceNs = patienceNs() << Math.min(hastyCount, 5);
            dialer.schedule(() -> giveUp(next), patienceNs);
        }
    }

    /** A server that is stopped, but not gone, takes connections and says nothing: others are tried meanwhile. */
    private synchronized void giveUp(Session slow) {
        if (dialled == slow && !isClosed) {
            hastyCount++;
            endpoints.failed(slow.endpoint(), System.nanoTime());
            if (endpoints.count() > 1) {
                dialled = null; // closes itself should it be opened yet
                dial();
            }
        }
    }

    void opened(Session opened) {
        synchronized (this) {
            if (isClosed || opened != dialled) {
                opened.close();
                return;
            }
            dialled = null;
            failureCount = 0;
            hastyCount = 0;
            endpoints.connected(opened.endpoint(), opened.identity().memberId());
            Session before = session;
            session = opened;
            leaving = null;
            if (before != null) {
                before.retire();
            }
        }
        client.laneOpened();
        askWhoLeads(opened);
    }

    void closed(Session closed, String text) {
        synchronized (this) {
            boolean isOurs = session == closed || dialled == closed;
            if (session == closed) {
                session = null;
            }
            if (dialled == closed) {
                dialled = null;
            }
            if (!isOurs || isClosed) {
                return;
            }
            endpoints.failed(closed.endpoint(), System.nanoTime());
            if ((session != null && session != leaving) || dialled != null) {
                return; // there is another
            }
            failureCount++;
            dialer.schedule(this::dial, delayNs());
        }
        client.laneFailed(text, failureCount);
    }

    /** A first failure is answered at once by trying the next endpoint, where there is one. */
    private long delayNs() {
        int rounds = failureCount / endpoints.count();
        if (rounds == 0) {
            return 0;
        }
        long ceilingNs = Math.min(BACKOFF_MAX_NS, BACKOFF_MIN_NS << Math.min(rounds - 1, 10));
        return ThreadLocalRandom.current().nextLong(ceilingNs / 2, ceilingNs + 1);
    }

    /** The server is about to stop. It knows who leads now, and serves until there is a connection to go to. */
    void left(Session left) {
        synchronized (this) {
            if (session == left && context.isCluster() && endpoints.count() > 1) {
                leaving = left;
                endpoints.failed(left.endpoint(), System.nanoTime());
            }
        }
        if (leaving == left) {
            askWhoLeads(left);
            dialer.schedule(this::dial, FAREWELL_NS);
        } else {
            replace(left);
            left.retire();
        }
    }

    /** Nothing has come for too long: what can safely be asked elsewhere is. False if there is no elsewhere. */
    boolean suspected(Session suspect) {
        if (endpoints.count() < 2) {
            return false;
        }
        endpoints.onSuspicion(System.nanoTime());
        replace(suspect);
        suspect.abandon();
        return true;
    }

    private synchronized void replace(Session old) {
        endpoints.failed(old.endpoint(), System.nanoTime());
        if (session == old) {
            session = null;
            dial();
        }
    }

    // ---- who leads

    /** A reply speaks of this term: if it is a new one, somebody else may lead. */
    void onTerm(Session speaker, long term) {
        if (term > termSeen) {
            termSeen = term;
            askWhoLeads(speaker);
        }
    }

    /** Asks the member at the other end of the lane, unless that is being done. */
    private void askWhoLeads(Session asked) {
        if (!context.isCluster()) {
            return;
        }
        synchronized (this) {
            if (asking == asked || isClosed || session != asked) {
                return;
            }
            asking = asked;
        }
        Answer answer = new Answer(asked);
        if (asked.send(membersRequest, 0, membersRequest.capacity(), false, answer, 0) < 0) {
            answer.askAgain(NO_LEADER_NS);
        }
    }

    private final class Answer implements ReplyHandler {
        private final Session asked;

        Answer(Session asked) {
            this.asked = asked;
        }

        @Override
        public void onReply(long token, DirectBuffer buffer, int offset, int length) {
            done();
            MessageSequence reply = new MessageSequence().wrap(buffer, offset, length);
            reply.next();
            ReplyReader reader = new ReplyReader(asked.identity());
            long leaderId = reader.leaderId(reply);
            MemberListResult result = reader.members(reply);
            endpoints.learn(result.members(), leaderId, result.header().raftTerm());
            if (leaderId == 0) {
                askAgain(NO_LEADER_NS);
            } else if (!follow()) {
                askAgain(UNREACHABLE_NS);
            }
        }

        @Override
        public void onFailure(long token, ErrorCode code, Outcome outcome, String text) {
            done();
            if (code == ErrorCode.UNAVAILABLE) {
                askAgain(NO_LEADER_NS);
            }
        }

        private void done() {
            synchronized (Lane.this) {
                if (asking == asked) {
                    asking = null;
                }
            }
        }

        private void askAgain(long delayNs) {
            done();
            dialer.schedule(() -> askWhoLeads(asked), delayNs);
        }
    }

    /** Goes to the leader, if that is elsewhere; false if it is not there yet. */
    private synchronized boolean follow() {
        if (isClosed || session == null || endpoints.isLeader(session.identity().memberId())) {
            return true;
        }
        Endpoint leader = endpoints.leader(System.nanoTime());
        boolean isUnderWay = dialled != null && dialled.endpoint().equals(leader);
        if (leader != null && !isUnderWay && !leader.equals(session.endpoint())) {
            dial(leader); // what is being dialled now closes itself when it is opened
        }
        return false;
    }

    void refresh() {
        Session current = session;
        if (current != null) {
            askWhoLeads(current);
        }
    }

    void close() {
        Session current;
        Session next;
        synchronized (this) {
            isClosed = true;
            current = session;
            next = dialled;
        }
        if (current != null) {
            current.close();
        }
        if (next != null) {
            next.close();
        }
    }
}
