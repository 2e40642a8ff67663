package io.stele.perf.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 256}, {@code 3kB}, {@code 3KiB}, {@code 1MiB}: bytes. */
final class LengthConverter implements ITypeConverter<Integer> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(b|kb|kib|mb|mib)?");

    @Override
    public Integer convert(String text) {
        Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a length such as 256, 3kB, 3KiB or 1MiB");
        }
        String unit = matcher.group(2) == null ? "b" : matcher.group(2);
        long scale = switch (unit) {
            case "kb" -> 1000;
            case "kib" -> 1024;
            case "mb" -> 1_000_000;
            case "mib" -> 1 << 20;
            default -> 1;
        };
        long length = Long.parseLong(matcher.group(1)) * scale;
        if (length > Integer.MAX_VALUE) {
            throw new TypeConversionException("'" + text + "' is more than " + Integer.MAX_VALUE + " bytes");
        }
        return (int) length;
    }
}
