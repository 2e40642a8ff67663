package io.stele.client;

/** A pair as the server holds it. The value is empty where only keys were asked for. */
public record KeyValue(Bytes key, Bytes value, long createRevision, long modRevision, long version, long lease) {}
