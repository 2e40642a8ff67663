package io.stele.index;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The index is a leaf, and its interface does not show Chronicle. */
class ArchitectureTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.stele.index");

    @Test
    void shouldSeeNoOtherModule() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.stele.consensus..", "io.stele.storage..", "io.stele.transport..", "io.stele.server..")
                .check(classes);
    }

    @Test
    void shouldKeepChronicleToItsOwnClasses() {
        noClasses()
                .that()
                .haveSimpleNameNotStartingWith("Chronicle")
                .and()
                .resideInAPackage("io.stele.index")
                .and()
                .areTopLevelClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("net.openhft..")
                .check(classes);
    }
}
