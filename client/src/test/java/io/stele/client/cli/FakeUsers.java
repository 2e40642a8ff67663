package io.stele.client.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** etcd's users and roles in memory. Nobody is asked for a password: requests are not checked. */
final class FakeUsers implements Users {
    private static final String ROOT = "root";

    private final Supplier<Reply.Header> header;
    private final Map<String, Set<String>> users = new TreeMap<>();
    private final Map<String, Map<String, Reply.Permission>> roles = new TreeMap<>();

    /** Passwords by user, null for none. */
    final TreeMap<String, String> passwords = new TreeMap<>();

    private boolean enabled;
    private long authRevision = 1;

    FakeUsers(Supplier<Reply.Header> header) {
        this.header = header;
    }

    private static CliException refused(String text) {
        return new CliException(CliException.ERROR, "etcdserver: " + text);
    }

    private Reply.Auth said(List<String> names, List<Reply.Permission> permissions) {
        return new Reply.Auth(header.get(), enabled, authRevision, names, permissions);
    }

    private Reply.Auth changed() {
        authRevision++;
        return said(List.of(), List.of());
    }

    private Set<String> rolesOf(String name) {
        if (!users.containsKey(name)) {
            throw refused("user name not found");
        }
        return users.get(name);
    }

    private Map<String, Reply.Permission> permissionsOf(String role) {
        if (!roles.containsKey(role)) {
            throw refused("role name not found");
        }
        return roles.get(role);
    }

    private static String range(String key, String end) {
        return key + "\n" + end;
    }

    @Override
    public Reply.Auth status() {
        return said(List.of(), List.of());
    }

    @Override
    public Reply.Auth enable() {
        if (!users.containsKey(ROOT)) {
            throw refused("root user does not exist");
        }
        if (!users.get(ROOT).contains(ROOT)) {
            throw refused("root user does not have root role");
        }
        enabled = true;
        return changed();
    }

    @Override
    public Reply.Auth disable() {
        enabled = false;
        return said(List.of(), List.of());
    }

    @Override
    public Reply.Auth userAdd(String name, String password) {
        if (name.isEmpty()) {
            throw refused("user name is empty");
        }
        if (users.putIfAbsent(name, new TreeSet<>()) != null) {
            throw refused("user name already exists");
        }
        passwords.put(name, password);
        return changed();
    }

    @Override
    public Reply.Auth userDelete(String name) {
        rolesOf(name);
        users.remove(name);
        return changed();
    }

    @Override
    public Reply.Auth userPassword(String name, String password) {
        rolesOf(name);
        passwords.put(name, password);
        return changed();
    }

    @Override
    public Reply.Auth userGrant(String name, String role) {
        Set<String> granted = rolesOf(name);
        if (!role.equals(ROOT)) {
            permissionsOf(role);
        }
        return granted.add(role) ? changed() : said(List.of(), List.of());
    }

    @Override
    public Reply.Auth userRevoke(String name, String role) {
        if (!rolesOf(name).remove(role)) {
            throw refused("role is not granted to the user");
        }
        return changed();
    }

    @Override
    public Reply.Auth user(String name) {
        return said(new ArrayList<>(rolesOf(name)), List.of());
    }

    @Override
    public Reply.Auth users() {
        return said(new ArrayList<>(users.keySet()), List.of());
    }

    @Override
    public Reply.Auth roleAdd(String name) {
        if (name.isEmpty()) {
            throw refused("role name is empty");
        }
        if (roles.putIfAbsent(name, new TreeMap<>()) != null) {
            throw refused("role name already exists");
        }
        return changed();
    }

    @Override
    public Reply.Auth roleDelete(String name) {
        permissionsOf(name);
        roles.remove(name);
        users.values().forEach(granted -> granted.remove(name));
        return changed();
    }

    @Override
    public Reply.Auth roleGrant(String name, Reply.Permission permission) {
        permissionsOf(name).put(range(permission.key(), permission.end()), permission);
        return changed();
    }

    @Override
    public Reply.Auth roleRevoke(String name, String key, String end) {
        if (permissionsOf(name).remove(range(key, end)) == null) {
            throw refused("permission is not granted to the role");
        }
        return changed();
    }

    @Override
    public Reply.Auth role(String name) {
        return said(List.of(), new ArrayList<>(permissionsOf(name).values()));
    }

    @Override
    public Reply.Auth roles() {
        return said(new ArrayList<>(roles.keySet()), List.of());
    }
}
