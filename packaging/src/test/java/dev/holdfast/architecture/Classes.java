package dev.holdfast.architecture;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The classes of both programs as the rules see them: main code that is written by hand. What
 * drives the programs from outside (demo, benches, faults) is none of them.
 */
final class Classes {
  /** The composition root of the agent, without the packages below it. */
  static final String AGENT = "dev.holdfast.agent";

  /** The composition root of the coordinator, without the packages below it. */
  static final String COORDINATOR = "dev.holdfast.coordinator";

  /** Where generated messages and stubs are. */
  static final String[] GENERATED = {"dev.holdfast.wire.v1..", "dev.holdfast.wire.agent.."};

  private static final Pattern LEFT_OUT =
      Pattern.compile(
          ".*(packaging/target/classes/|packaging-main/|-test/|-tests\\.jar|/test-classes/|/dev/holdfast/wire/v1/|/dev/holdfast/wire/agent/).*");

  /** Read once for all rules. */
  static final JavaClasses MAIN = read();

  private Classes() {}

  private static JavaClasses read() {
    // What libraries are made of is of no interest here, and looking it up takes half a minute.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    return new ClassFileImporter()
        .withImportOption((Location location) -> !location.matches(LEFT_OUT))
        .importPackages("dev.holdfast");
  }

  /**
   * Nobody outside of the packages calls, or refers to, a method or constructor of the type.
   *
   * @param names of methods; {@code <init>} for constructors; none for all
   */
  static void onlyIn(String[] packages, String reason, Class<?> type, Set<String> names) {
    ArchRule rule =
        ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages(packages)
            .should()
            .accessTargetWhere(reaches(type, names))
            .because(reason);
    rule.check(MAIN);
  }

  private static DescribedPredicate<JavaAccess<?>> reaches(Class<?> type, Set<String> names) {
    return DescribedPredicate.describe(
        type.getSimpleName() + " " + names,
        access ->
            access.getTargetOwner().isEquivalentTo(type)
                && (names.isEmpty() || names.contains(access.getName())));
  }
}
