package io.stele.client.cli;

import java.util.List;

/** lease grant, revoke, timetolive, list, keep-alive. */
final class LeaseCommands {
    private static final long SECOND_NS = 1_000_000_000L;

    private LeaseCommands() {}

    static int grant(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        if (arguments.size() != 1) {
            throw Invocation.badArguments("lease grant command needs TTL argument");
        }
        long ttl;
        try {
            ttl = GoNumber.parseLong(arguments.get(0), 10);
        } catch (IllegalArgumentException e) {
            throw Invocation.badArguments("bad TTL (" + e.getMessage() + ")");
        }
        OutputFormat format = invocation.format();
        try {
            format.leaseGranted(invocation.store().leaseGrant(ttl));
        } catch (CliException e) {
            throw new CliException(e.exitCode(), "failed to grant lease (" + e.getMessage() + ")");
        }
        return 0;
    }

    static int revoke(Invocation invocation) {
        long id = lease(invocation, "lease revoke command needs 1 argument");
        OutputFormat format = invocation.format();
        try {
            format.leaseRevoked(id, invocation.store().leaseRevoke(id));
        } catch (CliException e) {
            throw new CliException(e.exitCode(), "failed to revoke lease (" + e.getMessage() + ")");
        }
        return 0;
    }

    static int timeToLive(Invocation invocation) {
        long id = lease(invocation, "lease timetolive command needs lease ID as argument");
        boolean keys = invocation.flag("keys");
        OutputFormat format = invocation.format();
        Store store = invocation.store();
        format.leaseTime(asConnection(() -> store.leaseTimeToLive(id, keys)), keys);
        return 0;
    }

    static int list(Invocation invocation) {
        OutputFormat format = invocation.format();
        Store store = invocation.store();
        format.leases(asConnection(store::leases));
        return 0;
    }

    /** Renews once, or every third of the lease's time until it is gone. */
    static int keepAlive(Invocation invocation) {
        long id = lease(invocation, "lease keep-alive command needs lease ID as argument");
        boolean once = invocation.flag("once");
        OutputFormat format = invocation.format();
        Store store = invocation.store();
        while (true) {
            Reply.Lease reply = asConnection(() -> store.leaseKeepAlive(id));
            boolean gone = reply.ttl() <= 0;
            if (gone && once) {
                throw new CliException(CliException.BAD_CONNECTION, "etcdserver: requested lease not found");
            }
            if (gone) {
                if (format instanceof SimpleFormat) {
                    invocation.console().println("lease " + GoNumber.hex16(id) + " expired or revoked.");
                }
                return 0;
            }
            format.leaseRenewed(reply);
            if (once) {
                return 0;
            }
            invocation.console().flush();
            invocation.session().context().pause().forNs(Math.max(SECOND_NS / 2, reply.ttl() * SECOND_NS / 3));
        }
    }

    private static long lease(Invocation invocation, String otherwise) {
        if (invocation.arguments().size() != 1) {
            throw Invocation.badArguments(otherwise);
        }
        try {
            return GoNumber.parseLong(invocation.arguments().get(0), 16);
        } catch (IllegalArgumentException e) {
            throw Invocation.badArguments("bad lease ID arg (" + e.getMessage() + "), expecting ID in Hex");
        }
    }

    /** One call to the server. */
    @FunctionalInterface
    private interface Call<T> {
        T make();
    }

    /** Failures of these commands have an exit code of their own, as in etcdctl. */
    private static <T> T asConnection(Call<T> call) {
        try {
            return call.make();
        } catch (CliException e) {
            throw new CliException(CliException.BAD_CONNECTION, e.getMessage());
        }
    }
}
