package io.stele.consensus;

import java.util.Arrays;

/** A reusable list of messages. */
public final class MessageList {
    private Message[] messages = new Message[0];
    private int count;

    MessageList() {}

    public int count() {
        return count;
    }

    /** The message at a place in {@code [0, count)}. */
    public Message get(int place) {
        assert place >= 0 && place < count : "place " + place + " of " + count;
        return messages[place];
    }

    Message next() {
        if (count == messages.length) {
            int from = count;
            messages = Arrays.copyOf(messages, Math.max(16, 2 * from));
            for (int i = from; i < messages.length; i++) {
                messages[i] = new Message();
            }
        }
        return messages[count++];
    }

    void clear() {
        count = 0;
    }
}
