package io.stele.client.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/*
 * Text as the command line keeps it: a String whose every char is one byte, 0 to 255.
 *
 * Keys and values are bytes, whatever the terminal's encoding is, so they must pass from the arguments and standard
 * input to the server and back to standard output unchanged. Such a String does that, and is parsed and joined like any
 * other. Text for people that is not ASCII (an error's text, a name) becomes such a String through utf8().
 */
final class Octets {
    private Octets() {}

    static String of(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    static byte[] bytes(String octets) {
        return octets.getBytes(ISO_8859_1);
    }

    static String utf8(String text) {
        return isAscii(text) ? text : of(text.getBytes(UTF_8));
    }

    static String text(String octets) {
        return isAscii(octets) ? octets : new String(bytes(octets), UTF_8);
    }

    static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /**
     * The bytes of main's arguments. The JVM decodes them by the locale and loses what it cannot decode (in the C
     * locale all that is not ASCII), so where there is any such, the kernel's copy is taken: its last strings are ours.
     */
    static String[] arguments(String[] decoded, Path commandLine) {
        boolean ascii = true;
        for (String argument : decoded) {
            ascii &= isAscii(argument);
        }
        if (ascii) {
            return decoded;
        }
        String[] arguments = new String[decoded.length];
        try {
            String[] all = of(Files.readAllBytes(commandLine)).split("\0", -1);
            int first = all.length - 1 - decoded.length;
            System.arraycopy(all, first, arguments, 0, arguments.length);
        } catch (IOException | IndexOutOfBoundsException e) {
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = utf8(decoded[i]);
            }
        }
        return arguments;
    }
}
