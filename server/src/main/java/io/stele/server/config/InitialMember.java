package io.stele.server.config;

import java.util.ArrayList;
import java.util.List;

/** A member as {@code --initial-cluster} names it. */
public record InitialMember(String name, List<ListenUrl> peerUrls) {
    public InitialMember {
        peerUrls = List.copyOf(peerUrls);
    }

    /** Parses {@code name=URL,name=URL…}; a name that comes more than once has several addresses. */
    public static List<InitialMember> parseList(String flag, String text) {
        List<String> names = new ArrayList<>();
        List<List<ListenUrl>> urls = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals <= 0) {
                throw new ConfigException(flag + ": '" + part
                        + "' must name a member and its address, as in default=http://127.0.0.1:2380");
            }
            String name = part.substring(0, equals).trim();
            int place = names.indexOf(name);
            if (place < 0) {
                place = names.size();
                names.add(name);
                urls.add(new ArrayList<>());
            }
            urls.get(place).add(ListenUrl.parse(flag, part.substring(equals + 1).trim()));
        }
        List<InitialMember> members = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            members.add(new InitialMember(names.get(i), urls.get(i)));
        }
        return members;
    }
}
