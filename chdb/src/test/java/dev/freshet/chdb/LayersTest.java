package dev.freshet.chdb;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayersTest {
    @Test
    void theBindingKnowsNothingOfFreshetAndOfNoLibraryButALogger() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.freshet.chdb", "java..", "org.slf4j", "org.jspecify.annotations")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.freshet"));
    }
}
