package io.stele.client.cli;

import java.util.List;

/** user add, delete, get, list, passwd, grant-role, revoke-role. */
final class UserCommands {
    private UserCommands() {}

    static int add(Invocation invocation) {
        String given = name(invocation, "user add command requires user name as its argument");
        OutputFormat format = invocation.format();
        String flag = invocation.text("new-user-password");
        int colon = given.indexOf(':');
        String name = given;
        String password = null;
        if (!invocation.flag("no-password")) {
            if (!flag.isEmpty()) {
                password = flag;
            } else if (colon >= 0) {
                name = given.substring(0, colon);
                password = given.substring(colon + 1);
                if (name.isEmpty()) {
                    throw Invocation.badArguments("empty user name is not allowed");
                }
            } else {
                password = password(invocation, name);
            }
        }
        format.authChanged(invocation.store().users().userAdd(name, password), "User " + name + " created");
        return 0;
    }

    static int delete(Invocation invocation) {
        String name = name(invocation, "user delete command requires user name as its argument");
        OutputFormat format = invocation.format();
        format.authChanged(invocation.store().users().userDelete(name), "User " + name + " deleted");
        return 0;
    }

    static int get(Invocation invocation) {
        String name = name(invocation, "user get command requires user name as its argument");
        boolean detail = invocation.flag("detail");
        OutputFormat format = invocation.format();
        if (!detail && format instanceof FieldsFormat) {
            throw FieldsFormat.unsupported();
        }
        Users users = invocation.store().users();
        Reply.Auth user = users.user(name);
        if (!detail) {
            format.user(name, user);
            return 0;
        }
        invocation.console().println("User: " + name);
        for (String role : user.names()) {
            invocation.console().println("");
            format.role(role, users.role(role));
        }
        return 0;
    }

    static int list(Invocation invocation) {
        if (!invocation.arguments().isEmpty()) {
            throw Invocation.badArguments("user list command requires no arguments");
        }
        OutputFormat format = invocation.format();
        if (format instanceof FieldsFormat) {
            throw FieldsFormat.unsupported();
        }
        format.users(invocation.store().users().users());
        return 0;
    }

    static int passwd(Invocation invocation) {
        String name = name(invocation, "user passwd command requires user name as its argument");
        OutputFormat format = invocation.format();
        String password = password(invocation, name);
        format.authChanged(invocation.store().users().userPassword(name, password), "Password updated");
        return 0;
    }

    static int grantRole(Invocation invocation) {
        List<String> names = names(invocation, "user grant command requires user name and role name as its argument");
        OutputFormat format = invocation.format();
        Reply.Auth granted = invocation.store().users().userGrant(names.get(0), names.get(1));
        format.authChanged(granted, "Role " + names.get(1) + " is granted to user " + names.get(0));
        return 0;
    }

    static int revokeRole(Invocation invocation) {
        List<String> names = names(invocation, "user revoke-role requires user name and role name as its argument");
        OutputFormat format = invocation.format();
        Reply.Auth revoked = invocation.store().users().userRevoke(names.get(0), names.get(1));
        format.authChanged(revoked, "Role " + names.get(1) + " is revoked from user " + names.get(0));
        return 0;
    }

    private static String name(Invocation invocation, String complaint) {
        if (invocation.arguments().size() != 1) {
            throw Invocation.badArguments(complaint);
        }
        return invocation.arguments().get(0);
    }

    private static List<String> names(Invocation invocation, String complaint) {
        if (invocation.arguments().size() != 2) {
            throw Invocation.badArguments(complaint);
        }
        return invocation.arguments();
    }

    /** Asked for twice, or the first word of standard input. */
    private static String password(Invocation invocation, String name) {
        Console console = invocation.console();
        if (!invocation.flag("interactive")) {
            String line = console.readLine();
            return line == null ? "" : line.strip().split("\\s", 2)[0];
        }
        String password = console.readPassword("Password of " + name + ": ");
        if (password == null) {
            throw Invocation.badArguments("failed to ask password: EOF");
        }
        if (password.isEmpty()) {
            throw Invocation.badArguments("empty password");
        }
        if (!password.equals(console.readPassword("Type password of " + name + " again for confirmation: "))) {
            throw Invocation.badArguments("given passwords are different");
        }
        return password;
    }
}
