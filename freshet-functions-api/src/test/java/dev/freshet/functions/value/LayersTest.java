package dev.freshet.functions.value;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What function modules compile against needs nothing but the JDK. */
class LayersTest {
    private final JavaClasses all = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.freshet");

    @Test
    void valuesKnowNothingOfFunctions() {
        classes()
                .that()
                .resideInAPackage("dev.freshet.functions.value")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.freshet.functions.value", "java..", "org.jspecify.annotations")
                .check(all);
    }

    @Test
    void theFunctionApiKnowsOnlyValues() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.freshet.functions.value",
                        "dev.freshet.functions.api",
                        "java..",
                        "org.jspecify.annotations")
                .check(all);
    }
}
