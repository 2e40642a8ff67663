package io.stele.simulator.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.simulator.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Seeds that have found something. */
class RegressionsTest {
    @ParameterizedTest
    @CsvSource({
        "76, a node was stopped while the checkpoint thread was at work on a snapshot that came",
        "1171, the answer to a request that an earlier life had forwarded went to another client",
        "1179, a proposal that a snapshot had overtaken was said to have had no effect",
        "1251, a forwarded request that came twice was carried out once and refused once",
        "1324, a leader whose log had been cut was elected again and met proposals of its earlier term",
        "1344, a check took the votes of an earlier term for those of the newest",
        "2044, a late frame of an earlier life made a member refuse the newest one for good",
        "101294, a removal that was asked for last was carried out when all had been taken for members",
        "700165, a compaction took a version away that was superseded within its own revision, where a watch may begin",
        "801026, proposals that were cut off before they were handed over were still waited for by the next leader",
        "900216, a request was forwarded to a leader that did not believe the new life yet, and waited for in vain",
        "1000529, a check did not see what a leader had applied in the turn in which it stopped, and had answered",
        "1300520, a newcomer without a state answered the audit as of the start, and fenced itself",
        "1302336, the simulated disk kept what an interrupted sync had written although it was written over since",
        "1302344, a member that was behind waited to be met by members that had been removed, and nobody was elected",
        "1409485, a check gave up before it came to the state that a leader's answer showed, for its member was paused",
        "2000164, a check knew nothing any more of a write that was answered late",
        "2200048, a snapshot that did not fit while others filled the disk was not taken when they were gone",
        "2000226, a read that found a page damaged was never answered, and writes were said to have had no effect",
        "2000300, a leader that lost its state said of what it had proposed before that it had had no effect",
        "2001281, a leader went on reading a state for another member after it had found a page of it damaged",
        "2001290, a leader that had found a damaged page sent a state that lacked what was behind it",
        "3000073, a check took a lost disk for made good before anybody had missed what was on it",
        "3000596, a member that had lost its disk before anybody was elected did not start again",
        "3300384, events that a damaged page had kept from a watch came to it after its end",
        "3503237, a member was added, and in the peace at the end nobody started it",
        "3002241, a check asked a leader for its lease's end before it knew how long that one had slept"
    })
    void shouldStayMended(long seed, String what) {
        Verdict verdict = ClusterSimulation.run(seed);
        assertTrue(verdict.isGood(), what + ": " + verdict.violation());
    }
}
