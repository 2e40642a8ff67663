package io.stele.client;

import java.util.List;

/**
 * What is said of users and roles.
 *
 * @param header when, and by whom
 * @param authRevision how often users and roles have changed, from 1
 * @param isEnabled whether requests are checked against them
 * @param names what was asked for: users, roles, or the roles of a user
 * @param permissions of a role, if that was asked for
 */
public record AuthResult(
        Header header, long authRevision, boolean isEnabled, List<String> names, List<Permission> permissions) {}
