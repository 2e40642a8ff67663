package io.stele.client;

/**
 * How far the watches of a client are.
 *
 * @param revision no event up to it is still to come
 * @param isSynced whether they are up to date with the member asked, and past the revisions they were to start at
 */
public record WatchProgress(long revision, boolean isSynced) {}
