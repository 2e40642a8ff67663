package io.stele.index;

import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/** The one place that initialises Chronicle's classes: kept apart so that nothing does so by accident. */
final class ChronicleMapFactory {
    private ChronicleMapFactory() {}

    static ChronicleMap<KeyRef, KeyRecord> create(IndexContext context, long entries, int segments, double bloat) {
        return ChronicleMapBuilder.of(KeyRef.class, KeyRecord.class)
                .name("keys")
                .averageKeySize(context.averageKeyLength())
                .constantValueSizeBySample(new KeyRecord())
                .keyReaderAndDataAccess(new ChronicleMarshalling.KeyReader(), new ChronicleMarshalling.KeyAccess())
                .valueReaderAndDataAccess(
                        new ChronicleMarshalling.RecordReader(), new ChronicleMarshalling.RecordAccess())
                .entries(entries)
                .actualSegments(segments)
                .maxBloatFactor(bloat)
                .putReturnsNull(true)
                .removeReturnsNull(true)
                .skipCloseOnExitHook(true) // a node that is told to stop goes on serving for a while
                .create();
    }
}
