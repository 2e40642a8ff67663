package io.stele.storage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class StorageArchitectureTest {
    private final JavaClasses storage = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.stele.storage");

    @Test
    void shouldUseAgronaAndTheJdkOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.stele.storage..", "java..", "javax..", "org.agrona..")
                .check(storage);
    }

    @Test
    void shouldReachTheDiskThroughThePortOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.stele.storage.file")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io", "java.nio.file..", "java.nio.channels..")
                .because("the simulator must see every call")
                .check(storage);
    }

    @Test
    void shouldTakeTimeAndChanceFromOutside() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.time..")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Math.class, "random")
                .check(storage);
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching("io.stele.storage.(*)..").should().beFreeOfCycles().check(storage);
    }

    @Test
    void shouldNameClassesByWhatTheyAre() {
        noClasses().should().haveNameMatching(".*(Impl|Manager|Helper|Utils?)").check(storage);
    }
}
