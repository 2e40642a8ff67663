package io.stele.gateway;

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
            .importPackages("io.stele.gateway");

    @Test
    void shouldSeeTheNodeThroughTransportAlone() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.stele.server..", "io.stele.consensus..", "io.stele.storage..")
                .check(classes);
    }

    @Test
    void shouldHaveNoCycles() {
        slices().matching("io.stele.gateway.(**)").should().beFreeOfCycles().check(classes);
    }
}
