package io.stele.perf.lists;

import org.HdrHistogram.Histogram;

/**
 * What was measured.
 *
 * @param putsBefore times of puts with nothing beside them
 * @param putsBeside times of puts beside the lists
 * @param listTimes from asking to the last byte
 * @param listBytes of one list
 * @param wrongLists those that were not as long as they should be, or failed
 * @param residentBefore memory of the server before the lists; 0 if unknown
 * @param residentMax the most while they went on
 * @param anonymousBefore likewise, without pages of files
 * @param anonymousMax likewise
 */
public record ListsResult(
        Histogram putsBefore,
        Histogram putsBeside,
        Histogram listTimes,
        long listBytes,
        int wrongLists,
        String firstWrong,
        long residentBefore,
        long residentMax,
        long anonymousBefore,
        long anonymousMax) {}
