package io.stele.client;

import java.util.List;

/** Outcome of a transaction: which way it went, and one result for each operation done. */
public record TxnResult(Header header, boolean succeeded, List<OpResult> results) implements OpResult {}
