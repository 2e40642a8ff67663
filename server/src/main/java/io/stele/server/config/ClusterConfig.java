package io.stele.server.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How a member finds its cluster. All of it but the listening address counts only until the member has a data
 * directory: from then on that says who its peers are.
 *
 * @param token what tells clusters apart that have members at the same addresses
 * @param listenPeerUrls where this member listens for its peers; the first one counts
 * @param advertisePeerUrls where its peers find it
 * @param members who is there at the beginning, this one included
 * @param existing whether to join a cluster instead of beginning one
 * @param rules which changes of the members are carried out; counts always
 */
public record ClusterConfig(
        String token,
        List<ListenUrl> listenPeerUrls,
        List<ListenUrl> advertisePeerUrls,
        List<InitialMember> members,
        boolean existing,
        MemberRules rules) {
    private static final int DEFAULT_PORT = 2380;

    public ClusterConfig {
        listenPeerUrls = List.copyOf(listenPeerUrls);
        advertisePeerUrls = List.copyOf(advertisePeerUrls);
        members = List.copyOf(members);
    }

    /** With the usual rules. */
    public ClusterConfig(
            String token,
            List<ListenUrl> listenPeerUrls,
            List<ListenUrl> advertisePeerUrls,
            List<InitialMember> members,
            boolean existing) {
        this(token, listenPeerUrls, advertisePeerUrls, members, existing, MemberRules.DEFAULT);
    }

    /** A cluster of one member, who does not listen for others as long as there are none. */
    public static ClusterConfig alone(String name, String token) {
        List<ListenUrl> urls = List.of(new ListenUrl("127.0.0.1", DEFAULT_PORT));
        return new ClusterConfig(token, urls, urls, List.of(new InitialMember(name, urls)), false);
    }

    /** The member of a name; there is one for this member's own. */
    public InitialMember member(String name) {
        for (InitialMember member : members) {
            if (member.name().equals(name)) {
                return member;
            }
        }
        throw new ConfigException("couldn't find local name \"" + name + "\" in the initial cluster configuration");
    }

    /** Whether there are others at the beginning. */
    public boolean hasPeers() {
        return members.size() > 1;
    }

    /**
     * Whether there is or may soon be a peer: a node that nothing is said to about peers does not take their port, so
     * that several can run beside each other.
     */
    public boolean isListening() {
        return hasPeers() || existing || !listenPeerUrls.equals(List.of(new ListenUrl("127.0.0.1", DEFAULT_PORT)));
    }

    /** Throws on the first thing that does not fit together. */
    public void checkFor(String name) {
        if (listenPeerUrls.isEmpty() || advertisePeerUrls.isEmpty()) {
            throw new ConfigException("--listen-peer-urls and --initial-advertise-peer-urls must name a URL");
        }
        List<ListenUrl> own = member(name).peerUrls();
        for (ListenUrl url : own) {
            if (!advertisePeerUrls.contains(url)) {
                throw new ConfigException("--initial-cluster has " + name + "=" + url
                        + " but missing from --initial-advertise-peer-urls=" + join(advertisePeerUrls));
            }
        }
        for (ListenUrl url : advertisePeerUrls) {
            if (!own.contains(url)) {
                throw new ConfigException("--initial-advertise-peer-urls has " + url
                        + " but missing from --initial-cluster=" + initialCluster());
            }
        }
        Set<ListenUrl> seen = new HashSet<>();
        for (InitialMember member : members) {
            for (ListenUrl url : member.peerUrls()) {
                if (!seen.add(url)) {
                    throw new ConfigException("initial cluster " + initialCluster() + " has duplicate url");
                }
            }
        }
    }

    private String initialCluster() {
        List<String> parts = new ArrayList<>();
        for (InitialMember member : members) {
            for (ListenUrl url : member.peerUrls()) {
                parts.add(member.name() + "=" + url);
            }
        }
        return String.join(",", parts);
    }

    private static String join(List<ListenUrl> urls) {
        return String.join(",", urls.stream().map(ListenUrl::toString).toList());
    }
}
