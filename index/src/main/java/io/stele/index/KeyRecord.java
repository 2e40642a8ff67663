package io.stele.index;

/** What the index knows of a live key's newest version. Reusable: filled by {@link KeyIndex#get}. */
public sealed class KeyRecord permits ChronicleMarshalling.RecordPlace {
    public long createRevision;
    public long modRevision;
    /** Sub-revision of the newest version within its main revision; with it, the version's place in the page store. */
    public int modSubRevision;

    public long version;
    /** Lease id, 0 for none. */
    public long lease;

    /** Hash of the value, so that the state digest can let go of a version without reading its value. */
    public long valueHash;

    /** How many versions, deletions counted, the key had before the newest one. */
    public int depth;

    /** Main revision of an earlier version of the key from which older ones are found faster; 0 for none. */
    public long anchorRevision;

    public int anchorSubRevision;
}
