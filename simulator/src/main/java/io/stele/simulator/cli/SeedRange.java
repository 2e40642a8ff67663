package io.stele.simulator.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code A..B}. */
final class SeedRange implements ITypeConverter<SeedRange.Value> {
    record Value(long first, long last) {}

    @Override
    public Value convert(String text) {
        String[] parts = text.split("\\.\\.", -1);
        try {
            if (parts.length == 2) {
                Value range = new Value(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
                if (range.first <= range.last) {
                    return range;
                }
            }
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not A..B: two whole numbers, the smaller first");
        }
        throw new TypeConversionException("'" + text + "' is not A..B: two whole numbers, the smaller first");
    }
}
