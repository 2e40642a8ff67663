package io.stele.client;

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
            .importPackages("io.stele.client");

    @Test
    void shouldSeeTheNetworkThroughTransportAlone() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "java.nio.channels..")
                .check(classes);
    }

    @Test
    void shouldKeepTheLibraryFreeOfTheCommandLine() {
        noClasses()
                .that()
                .resideInAPackage("io.stele.client")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.stele.client.cli..", "picocli..", "org.jline..", "com.fasterxml..")
                .check(classes);
    }

    @Test
    void shouldHaveNoCycles() {
        slices().matching("io.stele.(**)").should().beFreeOfCycles().check(classes);
    }
}
