package io.stele.client;

import java.util.List;

/**
 * Changes in the order of their revisions. All of a revision that a watch is for are together, unless it wants
 * fragments.
 *
 * @param header who sent it, and the revision of the last event
 * @param events at least one
 * @param isFragment whether more events of the last revision are to come
 */
public record WatchEvents(Header header, List<WatchEvent> events, boolean isFragment) {}
