package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.ApiError;
import io.stele.transport.codec.AuthChange;
import io.stele.transport.codec.AuthChangeRequestEncoder;
import io.stele.transport.codec.AuthReplyDecoder;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PermissionType;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Users and roles as replicated state: bounded, in the digest, kept with everything else. */
class AuthTest {
    private static final String DONE = "done";

    private final MachineFixture fixture = new MachineFixture();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private int length;

    @AfterEach
    void checkAndClose() {
        fixture.check();
        fixture.close();
    }

    @Test
    void shouldBeTheSameOnAMemberThatAnswersAndOnOneThatDoesNot() {
        try (MachineFixture follower = new MachineFixture()) {
            for (MachineFixture member : new MachineFixture[] {fixture, follower}) {
                changeAtRandom(member, new Random(11), 2000, member == fixture);
            }
            follower.check();
            assertEquals(fixture.machine().digestLow(), follower.machine().digestLow());
            assertEquals(fixture.machine().digestHigh(), follower.machine().digestHigh());
            apply(AuthChange.ROLE_ADD, "one more", "", "");
            assertNotEquals(fixture.machine().digestLow(), follower.machine().digestLow());
        }
    }

    private void changeAtRandom(MachineFixture member, Random random, int count, boolean isHeard) {
        AuthChange[] changes = AuthChange.values();
        for (int i = 0; i < count; i++) {
            AuthChange change = changes[random.nextInt(changes.length)];
            String name = "n" + random.nextInt(6);
            String role = "n" + random.nextInt(6);
            String key = "k" + random.nextInt(3);
            apply(member, change, name, role, key, "l" + random.nextInt(3), isHeard);
        }
    }

    @Test
    void shouldKeepUsersOverARestart() {
        apply(AuthChange.USER_ADD, "u", "", "");
        long digest = fixture.machine().digestLow();
        fixture.checkpoint();
        fixture.restart();
        assertEquals(digest, fixture.machine().digestLow());
        assertEquals(ApiError.USER_EXISTS.text(), apply(AuthChange.USER_ADD, "u", "", ""));
    }

    @Test
    void shouldRefuseARoleThatGrowsBeyondItsBoundAndChangeNothing() {
        apply(AuthChange.ROLE_ADD, "r", "", "");
        String key = "k".repeat(800);
        String answer = DONE;
        int granted = 0;
        for (; answer.equals(DONE) && granted < 4000; granted++) {
            answer = apply(fixture, AuthChange.ROLE_GRANT, "r", "", key + granted, "", true);
        }
        assertEquals(ApiError.REQUEST_TOO_LARGE.text(), answer);
        assertTrue(granted > 1200 && granted < 1400, granted + " permissions");
        assertEquals(DONE, apply(fixture, AuthChange.ROLE_REVOKE, "r", "", key + 0, "", true));
    }

    @Test
    void shouldRefuseNamesThatNoTreeTakesBeforeTheyAreProposed() {
        encode(AuthChange.USER_ADD, "u".repeat(70_000), "", "", "");
        assertEquals(ApiError.REQUEST_TOO_LARGE, fixture.machine().validate(buffer, 0, length));
        encode(AuthChange.USER_ADD, "u", "", "", "");
        assertNull(fixture.machine().validate(buffer, 0, length));
        assertEquals(RequestPath.PROPOSE, new RequestPath.Finder().find(buffer, 0, length));
        assertEquals(-1, fixture.machine().removalCount(buffer, 0, length));
        encode(AuthChange.USER_DELETE, "u", "", "", "");
        assertEquals(0, fixture.machine().removalCount(buffer, 0, length));
    }

    private String apply(AuthChange change, String name, String role, String key) {
        return apply(fixture, change, name, role, key, "", true);
    }

    private String apply(
            MachineFixture on,
            AuthChange change,
            String name,
            String role,
            String key,
            String rangeEnd,
            boolean isHeard) {
        encode(change, name, role, key, rangeEnd);
        StateMachine machine = on.machine();
        on.encoder.reset();
        machine.apply(
                machine.appliedIndex() + 1,
                MachineFixture.TERM,
                StateMachine.COMMAND,
                buffer,
                0,
                length,
                isHeard ? on.encoder : null);
        if (!isHeard) {
            return DONE;
        }
        MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(on.encoder.buffer(), 0);
        if (header.templateId() == AuthReplyDecoder.TEMPLATE_ID) {
            return DONE;
        }
        return new ErrorReplyDecoder()
                .wrapAndApplyHeader(on.encoder.buffer(), 0, header)
                .text();
    }

    private void encode(AuthChange change, String name, String role, String key, String rangeEnd) {
        AuthChangeRequestEncoder encoder =
                new AuthChangeRequestEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(1).sessionId(0).sequence(0);
        encoder.change(change).permission(PermissionType.READ);
        encoder.flags().clear();
        for (int i = 0; i < 5; i++) {
            byte[] bytes = switch (i) {
                case 0 -> bytes(name);
                case 1 -> bytes(role);
                case 2 -> bytes("$2a$04$hash");
                case 3 -> bytes(key);
                default -> bytes(rangeEnd);
            };
            buffer.putInt(encoder.limit(), bytes.length, AuthChangeRequestEncoder.BYTE_ORDER);
            buffer.putBytes(encoder.limit() + Integer.BYTES, bytes);
            encoder.limit(encoder.limit() + Integer.BYTES + bytes.length);
        }
        length = encoder.limit();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
