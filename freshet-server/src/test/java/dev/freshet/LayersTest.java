package dev.freshet;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Data flows one way, and so do the imports: a package uses only what stands before it. */
class LayersTest {
    private static final List<String> LOWEST_FIRST = List.of(
            "event",
            "metric",
            "eventlog",
            "duplicates",
            "eventstore",
            "documents",
            "profiles",
            "aggregate",
            "arrivals",
            "auth",
            "ingest",
            "dialect",
            "importer",
            "dashboards",
            "http",
            "server",
            "cli");

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.freshet");

    @Test
    void aPackageImportsOnlyFromThoseBelowIt() {
        List<String> upward = classes.stream()
                .flatMap(javaClass -> javaClass.getDirectDependenciesFromSelf().stream())
                .flatMap(LayersTest::upward)
                .distinct()
                .toList();

        assertThat(upward).isEmpty();
    }

    @Test
    void everyPackageOfTheServerHasItsPlace() {
        List<String> unknown = classes.stream()
                .filter(LayersTest::isOfThisModule)
                .map(javaClass -> top(javaClass).orElse(""))
                .distinct()
                .filter(name -> !LOWEST_FIRST.contains(name))
                .toList();

        assertThat(unknown).isEmpty();
    }

    @Test
    void noPackagesUseEachOtherInACircle() {
        slices().matching("dev.freshet.(**)").should().beFreeOfCycles().check(classes);
    }

    private static Stream<String> upward(Dependency dependency) {
        int from = layer(dependency.getOriginClass());
        int to = layer(dependency.getTargetClass());
        return from >= 0 && to > from
                ? Stream.of(dependency.getOriginClass().getName() + " -> "
                        + dependency.getTargetClass().getName())
                : Stream.empty();
    }

    private static int layer(JavaClass javaClass) {
        return top(javaClass).map(LOWEST_FIRST::indexOf).orElse(-1);
    }

    /** The package right below {@code dev.freshet}. */
    private static Optional<String> top(JavaClass javaClass) {
        String name = javaClass.getPackageName();
        return name.startsWith("dev.freshet.")
                ? Optional.of(name.substring("dev.freshet.".length()).split("\\.", 2)[0])
                : Optional.empty();
    }

    private static boolean isOfThisModule(JavaClass javaClass) {
        return javaClass
                .getSource()
                .map(source -> source.getUri().toString().contains("freshet-server"))
                .orElse(false);
    }
}
