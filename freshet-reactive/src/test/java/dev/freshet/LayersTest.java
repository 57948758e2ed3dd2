package dev.freshet;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The reactive tier knows nothing of analytics, nor of sockets; inside, a package uses only what stands before it. */
class LayersTest {
    private static final List<String> API = List.of("dev.freshet.functions.value", "dev.freshet.functions.api");
    private static final List<String> LOWEST_FIRST =
            List.of("dev.freshet.runtime", "dev.freshet.reactive", "dev.freshet.functions", "dev.freshet.sync");
    private static final List<String> LIBRARIES = List.of(
            "java..", "javax.crypto..", "org.slf4j..", "org.jspecify.annotations", "com.fasterxml.jackson.core..");

    private final JavaClasses all = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.freshet");

    @Test
    void aPackageUsesOnlyThoseBelowItAndNoLibraryButTwo() {
        List<String> allowed = new ArrayList<>(LIBRARIES);
        allowed.addAll(API);
        for (String name : LOWEST_FIRST) {
            allowed.add(name);
            classes()
                    .that()
                    .resideInAPackage(name)
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(allowed.toArray(String[]::new))
                    .check(all);
        }
    }

    @Test
    void everyPackageHasItsPlace() {
        List<String> known = new ArrayList<>(API);
        known.addAll(LOWEST_FIRST);
        classes().should().resideInAnyPackage(known.toArray(String[]::new)).check(all);
    }
}
