package io.stele.gateway.http;

import java.util.HashMap;
import java.util.Map;

/** Which method of the API a path stands for, as etcd's JSON gateway has it. */
final class JsonRoutes {
    private static final String[] VERSIONS = {"/v3/", "/v3beta/"};

    private final Map<String, String> methods = new HashMap<>();

    JsonRoutes() {
        service("etcdserverpb.KV", "kv/range", "Range", "kv/put", "Put", "kv/deleterange", "DeleteRange");
        service("etcdserverpb.KV", "kv/txn", "Txn", "kv/compaction", "Compact");
        service("etcdserverpb.Watch", "watch", "Watch");
        service("etcdserverpb.Lease", "lease/grant", "LeaseGrant", "lease/keepalive", "LeaseKeepAlive");
        for (String parent : new String[] {"lease/", "kv/lease/"}) {
            service("etcdserverpb.Lease", parent + "revoke", "LeaseRevoke");
            service("etcdserverpb.Lease", parent + "timetolive", "LeaseTimeToLive", parent + "leases", "LeaseLeases");
        }
        String member = "cluster/member/";
        service("etcdserverpb.Cluster", member + "add", "MemberAdd", member + "remove", "MemberRemove");
        service("etcdserverpb.Cluster", member + "update", "MemberUpdate", member + "list", "MemberList");
        service("etcdserverpb.Cluster", member + "promote", "MemberPromote");
        String maintenance = "maintenance/";
        service("etcdserverpb.Maintenance", maintenance + "alarm", "Alarm", maintenance + "status", "Status");
        service("etcdserverpb.Maintenance", maintenance + "defragment", "Defragment", maintenance + "hash", "Hash");
        service("etcdserverpb.Maintenance", maintenance + "hashkv", "HashKV", maintenance + "snapshot", "Snapshot");
        service("etcdserverpb.Maintenance", maintenance + "transfer-leadership", "MoveLeader");
        service("etcdserverpb.Maintenance", maintenance + "downgrade", "Downgrade");
        auth();
        service("v3lockpb.Lock", "lock/lock", "Lock", "lock/unlock", "Unlock");
        String election = "election/";
        service("v3electionpb.Election", election + "campaign", "Campaign", election + "proclaim", "Proclaim");
        service("v3electionpb.Election", election + "leader", "Leader", election + "observe", "Observe");
        service("v3electionpb.Election", election + "resign", "Resign");
    }

    private void auth() {
        String name = "etcdserverpb.Auth";
        service(name, "auth/enable", "AuthEnable", "auth/disable", "AuthDisable", "auth/status", "AuthStatus");
        service(name, "auth/authenticate", "Authenticate");
        service(name, "auth/user/add", "UserAdd", "auth/user/get", "UserGet", "auth/user/list", "UserList");
        service(name, "auth/user/delete", "UserDelete", "auth/user/changepw", "UserChangePassword");
        service(name, "auth/user/grant", "UserGrantRole", "auth/user/revoke", "UserRevokeRole");
        service(name, "auth/role/add", "RoleAdd", "auth/role/get", "RoleGet", "auth/role/list", "RoleList");
        service(name, "auth/role/delete", "RoleDelete", "auth/role/grant", "RoleGrantPermission");
        service(name, "auth/role/revoke", "RoleRevokePermission");
    }

    private void service(String service, String... pathsAndMethods) {
        for (int i = 0; i < pathsAndMethods.length; i += 2) {
            for (String version : VERSIONS) {
                methods.put(version + pathsAndMethods[i], service + '/' + pathsAndMethods[i + 1]);
            }
        }
    }

    /** Full name of the method, or null where there is nothing. */
    String method(String path) {
        return methods.get(path);
    }
}
