package io.stele.transport;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** What is kept of a password, and the only form in which one is sent to a node: bcrypt. Slow on purpose. */
public final class PasswordHash {
    /** Each step doubles the time. */
    public static final int COST_DEFAULT = 10;

    /** bcrypt looks at no more bytes. */
    public static final int LENGTH_MAX = 72;

    /** What etcd says of a password that is longer. */
    public static final String TOO_LONG = "bcrypt: password length exceeds 72 bytes";

    private PasswordHash() {}

    public static boolean isTooLong(String password) {
        return password.getBytes(StandardCharsets.UTF_8).length > LENGTH_MAX;
    }

    /** A new hash, with a salt of its own. */
    public static String of(String password, int cost) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LENGTH_MAX) {
            throw new IllegalArgumentException(TOO_LONG);
        }
        BCrypt.Hasher hasher =
                BCrypt.with(BCrypt.Version.VERSION_2A, new SecureRandom(), LongPasswordStrategies.none());
        return new String(hasher.hash(cost, bytes), StandardCharsets.US_ASCII);
    }

    /** Whether this is the password. */
    public static boolean matches(String password, String hash) {
        BCrypt.Verifyer verifyer = BCrypt.verifyer(BCrypt.Version.VERSION_2A, LongPasswordStrategies.none());
        return verifyer.verify(password.getBytes(StandardCharsets.UTF_8), hash.getBytes(StandardCharsets.US_ASCII))
                .verified;
    }
}
