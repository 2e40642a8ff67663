package io.stele.client.cli;

/** auth enable, disable, status. */
final class AuthCommands {
    private static final String NO_ROOT_ROLE = "etcdserver: root user does not have root role";
    private static final String ROLE_EXISTS = "etcdserver: role name already exists";
    private static final String ROOT = "root";

    private AuthCommands() {}

    /** Gives the user root the role root where only that is missing. */
    static int enable(Invocation invocation) {
        noArguments(invocation, "enable");
        Users users = invocation.store().users();
        try {
            users.enable();
        } catch (CliException e) {
            if (!e.getMessage().equals(NO_ROOT_ROLE)) {
                throw e;
            }
            makeRoot(users);
            users.enable();
        }
        invocation.console().println("Authentication Enabled");
        return 0;
    }

    private static void makeRoot(Users users) {
        try {
            users.roleAdd(ROOT);
        } catch (CliException e) {
            if (!e.getMessage().equals(ROLE_EXISTS)) {
                throw e;
            }
        }
        users.userGrant(ROOT, ROOT);
    }

    static int disable(Invocation invocation) {
        noArguments(invocation, "disable");
        invocation.store().users().disable();
        invocation.console().println("Authentication Disabled");
        return 0;
    }

    static int status(Invocation invocation) {
        noArguments(invocation, "status");
        OutputFormat format = invocation.format();
        format.authStatus(invocation.store().users().status());
        return 0;
    }

    private static void noArguments(Invocation invocation, String command) {
        if (!invocation.arguments().isEmpty()) {
            throw Invocation.badArguments("auth " + command + " command does not accept any arguments");
        }
    }
}
