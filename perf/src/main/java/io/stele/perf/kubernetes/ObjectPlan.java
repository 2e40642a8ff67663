package io.stele.perf.kubernetes;

/**
 * What is asked of one server.
 *
 * @param prefix under which the resources are
 * @param objects of all resources
 * @param valueLength bytes of an object
 * @param watchers of the first resource; the other one has one
 * @param inFlight writes at once
 * @param pageLimit objects per page of a paged list
 * @param lists of each kind, with nothing else going on
 */
public record ObjectPlan(
        String prefix, int objects, int valueLength, int watchers, int inFlight, int pageLimit, int lists) {}
