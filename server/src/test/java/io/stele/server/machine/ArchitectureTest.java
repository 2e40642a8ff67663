package io.stele.server.machine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The state machine is pure: all that it does follows from the entries. */
class ArchitectureTest {
    private static final Set<String> IMPURE = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.lang.System.identityHashCode",
            "java.lang.Math.random",
            "java.util.UUID.randomUUID",
            "java.util.Set.of",
            "java.util.Set.copyOf",
            "java.util.Map.of",
            "java.util.Map.copyOf",
            "java.lang.Object.hashCode");

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.stele.server.machine");

    @Test
    void shouldKnowNoClockThreadDiskNetworkOrLogger() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.nio.file..",
                        "java.nio.channels..",
                        "java.net..",
                        "java.time..",
                        "java.util.concurrent..",
                        "java.util.random..",
                        "io.aeron..",
                        "io.netty..",
                        "net.openhft..",
                        "org.slf4j..",
                        "io.stele.storage.file..",
                        "io.stele.storage.wal..",
                        "io.stele.server.node..")
                .check(classes);
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.HashMap")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.HashSet")
                .check(classes);
    }

    @Test
    void shouldCallNothingWhoseAnswerDiffersFromRunToRun() {
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe("impure", ArchitectureTest::isImpure))
                .check(classes);
    }

    private static boolean isImpure(JavaCall<?> call) {
        return IMPURE.contains(call.getTargetOwner().getFullName() + "." + call.getName());
    }
}
