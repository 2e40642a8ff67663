package io.stele.transport;

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
            .importPackages("io.stele");

    @Test
    void shouldKeepNettyBehindTheClientPort() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.stele.transport.client")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..")
                .check(classes);
    }

    @Test
    void shouldKeepAeronBehindThePeerPort() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.stele.transport.peer")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.aeron..")
                .check(classes);
    }

    @Test
    void shouldSeeNoOtherModule() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.stele.consensus..", "io.stele.storage..", "io.stele.index..", "io.stele.server..")
                .check(classes);
    }

    @Test
    void shouldHaveNoCycles() {
        slices().matching("io.stele.transport.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void shouldNameClassesByWhatTheyDo() {
        noClasses().should().haveNameMatching(".*(Impl|Manager|Helper|Utils?)").check(classes);
    }
}
