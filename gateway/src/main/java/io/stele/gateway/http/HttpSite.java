package io.stele.gateway.http;

/** Serves the addresses under a path of its own. */
public interface HttpSite {
    /** How its addresses begin. */
    String root();

    /** Takes a request; what is returned does not run before {@link Opened#start}. */
    Opened open(HttpCall call);

    /** A request that was taken and not yet begun. */
    interface Opened extends HttpExchange {
        void start();
    }
}
