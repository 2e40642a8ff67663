package io.stele.server.machine;

import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.AuthChange;
import io.stele.transport.codec.AuthChangeRequestDecoder;
import io.stele.transport.codec.PermissionType;
import org.agrona.DirectBuffer;

/** What can be said against a change of users and roles without looking at any. */
final class AuthCheck {
    /** A bcrypt hash has 60 bytes. */
    private static final int PASSWORD_HASH_LENGTH_MAX = 256;

    private final int nameLengthMax;
    private final AuthChangeRequestDecoder request = new AuthChangeRequestDecoder();

    AuthCheck(int nameLengthMax) {
        this.nameLengthMax = nameLengthMax;
    }

    /** On an AuthChangeRequest; returns what is wrong, or null. */
    ApiError check(MessageSequence sequence) {
        DirectBuffer buffer = sequence.buffer();
        request.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        AuthChange change = request.change();
        PermissionType permission = request.permission();
        int nameLength = request.nameLength();
        request.skipName();
        int roleLength = request.roleLength();
        request.skipRole();
        int hashLength = request.passwordHashLength();
        request.skipPasswordHash();
        int keyAt = request.limit() + AuthChangeRequestDecoder.keyHeaderLength();
        int keyLength = request.keyLength();
        request.skipKey();
        int endAt = request.limit() + AuthChangeRequestDecoder.rangeEndHeaderLength();
        int endLength = request.rangeEndLength();
        boolean tooLong = nameLength > nameLengthMax || roleLength > nameLengthMax;
        if (tooLong || Math.max(keyLength, endLength) > nameLengthMax || hashLength > PASSWORD_HASH_LENGTH_MAX) {
            return ApiError.REQUEST_TOO_LARGE;
        }
        return switch (change) {
            case NULL_VAL, SBE_UNKNOWN -> ApiError.UNIMPLEMENTED;
            case USER_ADD -> nameLength == 0 ? ApiError.USER_NAME_EMPTY : null;
            case ROLE_ADD -> nameLength == 0 ? ApiError.ROLE_NAME_EMPTY : null;
            case ROLE_GRANT -> {
                if (permission == PermissionType.NULL_VAL || permission == PermissionType.SBE_UNKNOWN) {
                    yield ApiError.PERMISSION_NOT_GIVEN;
                }
                yield isRange(buffer, keyAt, keyLength, endAt, endLength) ? null : ApiError.INVALID_AUTH_MANAGEMENT;
            }
            default -> null;
        };
    }

    /** A key, or keys up to an end behind them; an end of one zero byte is none. */
    private static boolean isRange(DirectBuffer buffer, int keyAt, int keyLength, int endAt, int endLength) {
        if (keyLength == 0) {
            return false;
        }
        return endLength == 0
                || (endLength == 1 && buffer.getByte(endAt) == 0)
                || Bytes.compare(buffer, keyAt, keyLength, buffer, endAt, endLength) < 0;
    }
}
