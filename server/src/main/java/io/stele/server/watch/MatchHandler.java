package io.stele.server.watch;

/** Takes those whose keys include the one that was looked up. */
interface MatchHandler {
    void onMatch(WatcherList watchers);
}
