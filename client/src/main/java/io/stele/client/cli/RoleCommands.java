package io.stele.client.cli;

import java.util.List;
import java.util.Locale;

/** role add, delete, get, list, grant-permission, revoke-permission. */
final class RoleCommands {
    private static final String OPEN_ENDED = ", <open ended>";

    private RoleCommands() {}

    static int add(Invocation invocation) {
        String name = name(invocation, "add");
        OutputFormat format = invocation.format();
        format.authChanged(invocation.store().users().roleAdd(name), "Role " + name + " created");
        return 0;
    }

    static int delete(Invocation invocation) {
        String name = name(invocation, "delete");
        OutputFormat format = invocation.format();
        format.authChanged(invocation.store().users().roleDelete(name), "Role " + name + " deleted");
        return 0;
    }

    static int get(Invocation invocation) {
        String name = name(invocation, "get");
        OutputFormat format = invocation.format();
        format.role(name, invocation.store().users().role(name));
        return 0;
    }

    static int list(Invocation invocation) {
        if (!invocation.arguments().isEmpty()) {
            throw Invocation.badArguments("role list command requires no arguments");
        }
        OutputFormat format = invocation.format();
        format.roles(invocation.store().users().roles());
        return 0;
    }

    static int grantPermission(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        if (arguments.size() < 3) {
            throw Invocation.badArguments(
                    "role grant command requires role name, permission type, and key [endkey] as its argument");
        }
        Reply.PermissionType type = type(arguments.get(1));
        String key = key(arguments.get(2));
        String end = end(invocation, arguments.subList(2, arguments.size()));
        OutputFormat format = invocation.format();
        String role = arguments.get(0);
        Reply.Auth granted = invocation.store().users().roleGrant(role, new Reply.Permission(type, key, end));
        format.authChanged(granted, "Role " + role + " updated");
        return 0;
    }

    static int revokePermission(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        if (arguments.size() < 2) {
            throw Invocation.badArguments(
                    "role revoke-permission command requires role name and key [endkey] as its argument");
        }
        String key = key(arguments.get(1));
        String end = end(invocation, arguments.subList(1, arguments.size()));
        OutputFormat format = invocation.format();
        String role = arguments.get(0);
        Reply.Auth revoked = invocation.store().users().roleRevoke(role, key, end);
        String what = end.isEmpty() ? "key " + key : "range " + range(key, end);
        format.authChanged(revoked, "Permission of " + what + " is revoked from role " + role);
        return 0;
    }

    /** As etcdctl shows it: an open end has no bracket. */
    static String range(String key, String end) {
        return "[" + key + (end.equals(Operation.NO_END) ? OPEN_ENDED : ", " + end + ")");
    }

    private static Reply.PermissionType type(String word) {
        try {
            return Reply.PermissionType.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw Invocation.badArguments("invalid permission type: " + word);
        }
    }

    /** The empty key, which is none, stands for the first there can be. */
    private static String key(String given) {
        return given.isEmpty() ? "\0" : given;
    }

    private static String end(Invocation invocation, List<String> range) {
        boolean prefix = invocation.flag("prefix");
        boolean fromKey = invocation.flag("from-key");
        if (range.size() > 1 && !range.get(0).isEmpty()) {
            if (prefix || fromKey) {
                throw Invocation.badArguments(
                        "unexpected endkey argument with " + (prefix ? "--prefix" : "--from-key") + " flag");
            }
            return range.get(1);
        }
        if (prefix && fromKey) {
            throw Invocation.badArguments("--from-key and --prefix flags are mutually exclusive");
        }
        if (fromKey || (prefix && range.get(0).isEmpty())) {
            return Operation.NO_END;
        }
        return prefix ? Operation.prefixEnd(range.get(0)) : "";
    }

    private static String name(Invocation invocation, String command) {
        if (invocation.arguments().size() != 1) {
            throw Invocation.badArguments("role " + command + " command requires role name as its argument");
        }
        return invocation.arguments().get(0);
    }
}
