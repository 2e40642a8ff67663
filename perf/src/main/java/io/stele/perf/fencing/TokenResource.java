package io.stele.perf.fencing;

/** Something outside of the store, such as a disk or another service: it remembers the highest token it has seen. */
final class TokenResource {
    private final boolean isFenced;
    private long highestToken;
    private String content;

    TokenResource(boolean isFenced) {
        this.isFenced = isFenced;
    }

    /** False: refused. */
    boolean write(long token, String newContent) {
        if (isFenced && token < highestToken) {
            return false;
        }
        highestToken = Math.max(highestToken, token);
        content = newContent;
        return true;
    }

    String content() {
        return content;
    }
}
