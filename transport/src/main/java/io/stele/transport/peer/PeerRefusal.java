package io.stele.transport.peer;

/** Why a frame is dropped unread. */
public enum PeerRefusal {
    /** Shorter than a header, a length that does not fit, an unknown lane, or longer than anything may be. */
    MALFORMED("a malformed frame"),
    CHECKSUM("a frame whose checksum is wrong"),
    VERSION("a frame of an unknown protocol version"),
    FOREIGN_CLUSTER("a frame of another cluster"),
    WRONG_RECEIVER("a frame for another member"),
    STRANGER("a frame of a member that is not known"),
    /** From a life that another one has followed. */
    STALE_LIFE("a frame of a member's earlier life"),
    /** From a life that is not known yet, while it is being found out whether the one before it has ended. */
    NEW_LIFE("a frame of a new life of a member, which may live already"),
    /** From a process that claims to be a member, which has answered from its own address that it is another one. */
    CLONE("a frame of a second process that claims to be a member which runs already"),
    /** Of another cluster, or of somebody who is no peer: refused before it can cost memory. */
    UNKNOWN_STREAM("a stream that is no peer's: of another cluster, or of a member that is not known here"),
    /** A piece of a long frame whose beginning was lost. */
    GAP("a piece of a frame whose other pieces are lost");

    private final String text;

    PeerRefusal(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }
}
