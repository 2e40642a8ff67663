package io.stele.client;

/** What one operation of a transaction came to. */
public sealed interface OpResult permits PutResult, GetResult, DeleteResult, TxnResult {
    Header header();
}
