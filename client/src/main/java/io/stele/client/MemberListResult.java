package io.stele.client;

import java.util.List;

/**
 * Who the members are, after a change too.
 *
 * @param changedId the member that was changed; 0: none
 */
public record MemberListResult(Header header, List<Member> members, long changedId) {
    public MemberListResult {
        members = List.copyOf(members);
    }

    /** The member that was changed, null if it is none any more. */
    public Member changed() {
        for (Member member : members) {
            if (member.id() == changedId) {
                return member;
            }
        }
        return null;
    }
}
