package io.stele.client.cli;

import java.util.ArrayList;
import java.util.List;

/** member list, add, remove, update, promote; move-leader. */
final class MemberCommands {
    private MemberCommands() {}

    static int list(Invocation invocation) {
        String consistency = invocation.text("consistency");
        if (!consistency.equals("l") && !consistency.equals("s")) {
            throw Invocation.badArguments("unknown consistency flag \"" + consistency + "\"");
        }
        OutputFormat format = invocation.anyFormat(false);
        format.members(invocation.store().members(consistency.equals("l")));
        return 0;
    }

    static int add(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        if (arguments.isEmpty()) {
            throw Invocation.badArguments("member name not provided");
        }
        if (arguments.size() > 1) {
            throw Invocation.badArguments("too many arguments");
        }
        List<String> urls = urls(invocation);
        OutputFormat format = invocation.format();
        Reply.Members added = invocation.store().memberAdd(urls, invocation.flag("learner"));
        format.memberAdded(withName(added, arguments.get(0)));
        return 0;
    }

    /** The name is for what is printed only: the member makes it known itself when it starts. */
    private static Reply.Members withName(Reply.Members added, String name) {
        List<Reply.Member> members = new ArrayList<>();
        for (Reply.Member member : added.members()) {
            members.add(
                    member.id() != added.changed()
                            ? member
                            : new Reply.Member(
                                    member.id(), name, member.peerUrls(), member.clientUrls(), member.learner()));
        }
        return new Reply.Members(added.header(), members, added.changed());
    }

    static int remove(Invocation invocation) {
        long id = id(invocation);
        OutputFormat format = invocation.format();
        format.memberChanged(invocation.store().memberRemove(id), "removed from");
        return 0;
    }

    static int update(Invocation invocation) {
        long id = id(invocation);
        List<String> urls = urls(invocation);
        OutputFormat format = invocation.format();
        format.memberChanged(invocation.store().memberUpdate(id, urls), "updated in");
        return 0;
    }

    static int promote(Invocation invocation) {
        long id = id(invocation);
        OutputFormat format = invocation.format();
        format.memberChanged(invocation.store().memberPromote(id), "promoted in");
        return 0;
    }

    /** Finds the leader among the endpoints and asks it. */
    static int moveLeader(Invocation invocation) {
        if (invocation.arguments().size() != 1) {
            throw Invocation.badArguments("move-leader command needs 1 argument");
        }
        long target = id(invocation);
        OutputFormat format = invocation.format();
        for (String endpoint : invocation.endpoints()) {
            Store store = invocation.store(List.of(endpoint));
            Reply.Status status = store.status();
            if (status.leader() == status.header().memberId()) {
                format.leaderMoved(store.moveLeader(target), status.leader(), target);
                return 0;
            }
        }
        throw Invocation.badArguments("no leader endpoint given at [" + String.join(" ", invocation.endpoints()) + "]");
    }

    /** All client URLs that the members have made known. */
    static List<String> clusterEndpoints(Invocation invocation) {
        List<String> endpoints = new ArrayList<>();
        for (Reply.Member member : invocation.store().members(false).members()) {
            endpoints.addAll(member.clientUrls());
        }
        return endpoints;
    }

    private static List<String> urls(Invocation invocation) {
        String urls = invocation.text("peer-urls");
        if (urls.isEmpty()) {
            throw Invocation.badArguments("member peer urls not provided");
        }
        return List.of(urls.split(",", -1));
    }

    private static long id(Invocation invocation) {
        if (invocation.arguments().size() != 1) {
            throw Invocation.badArguments("member ID is not provided");
        }
        String text = invocation.arguments().get(0);
        try {
            return Long.parseUnsignedLong(text, 16);
        } catch (NumberFormatException e) {
            throw Invocation.badArguments("bad member ID arg (" + text + " is no number), expecting ID in Hex");
        }
    }
}
