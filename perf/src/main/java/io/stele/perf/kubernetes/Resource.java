package io.stele.perf.kubernetes;

/** What kinds of objects there are. Events end with a lease. */
enum Resource {
    PODS,
    EVENTS;

    /** Every tenth object is an event. */
    private static final int EVENT_INTERVAL = 10;

    static Resource of(int object) {
        return object % EVENT_INTERVAL == EVENT_INTERVAL - 1 ? EVENTS : PODS;
    }

    static int count(Resource resource, int objects) {
        int events = objects / EVENT_INTERVAL;
        return resource == EVENTS ? events : objects - events;
    }

    String directory() {
        return this == PODS ? "pods/" : "events/";
    }
}
