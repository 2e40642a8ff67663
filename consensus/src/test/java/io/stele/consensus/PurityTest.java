package io.stele.consensus;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The core is a function: what it may lean on is listed here, and nothing else. */
final class PurityTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.stele.consensus");

    private static final Set<String> ALLOWED_JDK = Set.of(
            "java.util.Arrays", "java.util.ArrayList", "java.util.List", "java.util.Objects", "java.nio.ByteOrder");

    private static final DescribedPredicate<JavaClass> ALLOWED = describe(
            "the language, arrays and lists, agrona's buffers and collections",
            type -> type.isPrimitive()
                    || type.isArray()
                    || type.getPackageName().startsWith("io.stele.consensus")
                    || type.getPackageName().equals("java.lang")
                    || type.getPackageName().equals("java.lang.invoke") // what lambdas and record methods compile to
                    || type.getPackageName().equals("java.lang.runtime")
                    || ALLOWED_JDK.contains(type.getName())
                    || type.getPackageName().equals("org.agrona")
                    || type.getPackageName().equals("org.agrona.collections")
                    || type.getName().equals("org.agrona.concurrent.UnsafeBuffer"));

    private static final Set<String> IMPURE_CALLS = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.lang.System.identityHashCode",
            "java.lang.System.getenv",
            "java.lang.System.getProperty",
            "java.lang.Math.random",
            "java.lang.Object.hashCode");

    private static final DescribedPredicate<JavaMethodCall> IMPURE = describe(
            "impure call", call -> IMPURE_CALLS.contains(call.getTargetOwner().getName() + "." + call.getName()));

    @Test
    void shouldLeanOnNothingButTheLanguageAndBuffers() {
        classes()
                .that()
                .resideInAPackage("io.stele.consensus..")
                .should()
                .onlyDependOnClassesThat(ALLOWED)
                .check(CLASSES);
    }

    @Test
    void shouldAskNeitherClockNorChance() {
        noClasses().should().callMethodWhere(IMPURE).check(CLASSES);
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.lang\\.(Thread|ThreadLocal|Runtime|Process.*)")
                .check(CLASSES);
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching("org\\.agrona\\.collections\\.(Object2.*|ObjectHashSet|Hashing)")
                .check(CLASSES); // their order depends on identity hash codes
    }

    @Test
    void shouldHaveArrowsThatPointOneWay() {
        slices().matching("io.stele.consensus.(*)..").should().beFreeOfCycles().check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage("io.stele.consensus.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.stele.consensus")
                .check(CLASSES);
        noClasses()
                .should()
                .haveNameMatching(".*(Impl|Manager|Helper|Util|Utils)")
                .check(CLASSES);
    }
}
