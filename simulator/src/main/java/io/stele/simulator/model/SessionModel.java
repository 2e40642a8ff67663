package io.stele.simulator.model;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What sessions remember of the writes that were numbered in them. A session is known by the log index at which it was
 * opened; the id that the members gave it is learned from their answer.
 */
final class SessionModel {
    static final int SLOTS = 128;
    static final int SESSIONS_MAX_DEFAULT = 1024;
    private static final int EVICTED_AT_ONCE = 16;
    private static final int REPLY_LENGTH_MAX = 2048;

    /** What is known of a write before it is done. */
    enum Verdict {
        NEW,
        REPEATED,
        OVERTAKEN,
        UNKNOWN
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Done(long sequence, byte[] answer) {}

    private static final class Session {
        final Map<Long, Done> slots = new HashMap<>();
        long usedIndex;
    }

    private final int sessionsMax;

    /** Those that are remembered, by the index of their opening. */
    private final TreeMap<Long, Session> sessions = new TreeMap<>();

    /** Indices of openings by id, those of forgotten sessions too. */
    private final Map<Long, Long> names = new HashMap<>();

    SessionModel(int sessionsMax) {
        this.sessionsMax = sessionsMax;
    }

    boolean name(long logIndex, long sessionId) {
        Long before = names.putIfAbsent(sessionId, logIndex);
        boolean isOther = before != null && before != logIndex;
        boolean hasOther = before == null
                && names.values().stream().filter(index -> index == logIndex).count() > 1;
        return sessionId != 0 && !isOther && !hasOther;
    }

    void open(long logIndex) {
        if (sessions.size() >= sessionsMax) {
            for (int i = 0; i < EVICTED_AT_ONCE && !sessions.isEmpty(); i++) {
                sessions.remove(usedLongestAgo());
            }
        }
        Session session = new Session();
        session.usedIndex = logIndex;
        sessions.put(logIndex, session);
    }

    private Long usedLongestAgo() {
        Long oldest = sessions.firstKey();
        for (Map.Entry<Long, Session> entry : sessions.entrySet()) {
            if (entry.getValue().usedIndex < sessions.get(oldest).usedIndex) {
                oldest = entry.getKey();
            }
        }
        return oldest;
    }

    private Session session(long sessionId) {
        Long logIndex = names.get(sessionId);
        return logIndex == null ? null : sessions.get(logIndex);
    }

    boolean exists(long sessionId) {
        return session(sessionId) != null;
    }

    void close(long sessionId) {
        sessions.remove(names.get(sessionId));
    }

    Verdict look(Numbers numbers) {
        Session session = session(numbers.sessionId());
        if (numbers.sequence() <= 0) {
            return Verdict.OVERTAKEN;
        }
        if (session == null) {
            return Verdict.UNKNOWN;
        }
        Done last = session.slots.get(numbers.sequence() % SLOTS);
        if (last == null || last.sequence < numbers.sequence()) {
            return Verdict.NEW;
        }
        return last.sequence == numbers.sequence() ? Verdict.REPEATED : Verdict.OVERTAKEN;
    }

    void remember(Numbers numbers, byte[] answer, long logIndex) {
        Session session = session(numbers.sessionId());
        session.slots.put(numbers.sequence() % SLOTS, new Done(numbers.sequence(), answer));
        session.usedIndex = logIndex;
    }

    /** What a repeated write was answered; null if that was too long to be remembered. */
    byte[] answer(Numbers numbers) {
        byte[] answer = session(numbers.sessionId()).slots.get(numbers.sequence() % SLOTS).answer;
        return answer.length <= REPLY_LENGTH_MAX ? answer : null;
    }
}
