package io.stele.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows that a POM cannot draw. */
class ArchitectureTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.stele.server");

    @Test
    void shouldHaveNoCycles() {
        slices().matching("io.stele.server.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void shouldReachTheWorldThroughPortsAlone() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.stele.server.node..",
                        "io.stele.server.machine..",
                        "io.stele.server.watch..",
                        "io.stele.server.lease..",
                        "io.stele.server.peer..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "io.aeron..", "net.openhft..", "java.net..")
                .check(classes);
    }
}
