package io.stele.client.cli;

/** Users and roles as commands see them; names are octet strings. Real: ClientUsers. In tests: in memory. */
interface Users {
    Reply.Auth status();

    Reply.Auth enable();

    Reply.Auth disable();

    /** No password, null, is another thing than an empty one. */
    Reply.Auth userAdd(String name, String password);

    Reply.Auth userDelete(String name);

    Reply.Auth userPassword(String name, String password);

    Reply.Auth userGrant(String name, String role);

    Reply.Auth userRevoke(String name, String role);

    Reply.Auth user(String name);

    Reply.Auth users();

    Reply.Auth roleAdd(String name);

    Reply.Auth roleDelete(String name);

    Reply.Auth roleGrant(String name, Reply.Permission permission);

    Reply.Auth roleRevoke(String name, String key, String end);

    Reply.Auth role(String name);

    Reply.Auth roles();
}
