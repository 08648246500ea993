package dev.holdfast.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaModifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which package may see what. */
final class DependencyRulesTest {
  @Test
  void theRulesSeeAllThreeModules() {
    for (String name :
        List.of(
            "dev.holdfast.document.DocumentReader",
            "dev.holdfast.agent.disk.FileDisk",
            "dev.holdfast.coordinator.store.Store")) {
      assertTrue(Classes.MAIN.contain(name), name);
    }
    assertTrue(
        Classes.MAIN.stream().noneMatch(type -> type.getSimpleName().endsWith("Test")),
        "tests are not under these rules");
  }

  @Test
  void agentAndCoordinatorNeverSeeEachOther() {
    noClasses()
        .that()
        .resideInAPackage("dev.holdfast.agent..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.holdfast.coordinator..")
        .because("they share the contract in proto and nothing else: either is replaced alone")
        .check(Classes.MAIN);
    noClasses()
        .that()
        .resideInAPackage("dev.holdfast.coordinator..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.holdfast.agent..")
        .because("they share the contract in proto and nothing else: either is replaced alone")
        .check(Classes.MAIN);
  }

  @Test
  void theContractSeesNeitherProgram() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.holdfast.agent..", "dev.holdfast.coordinator..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.holdfast.agent..", "dev.holdfast.coordinator..")
        .because("proto holds what both sides must agree on, whoever they are")
        .check(Classes.MAIN);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "dev.holdfast.(*)..",
    "dev.holdfast.agent.(*)..",
    "dev.holdfast.coordinator.(*)..",
  })
  void packagesFormNoCycle(String pattern) {
    slices()
        .matching(pattern)
        .should()
        .beFreeOfCycles()
        .because("a package that needs its user can't be understood, tested or moved alone")
        .check(Classes.MAIN);
  }

  @Test
  void generatedMessagesStayAtTheEdge() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.holdfast.wire",
            "dev.holdfast.agent",
            "dev.holdfast.agent.link",
            "dev.holdfast.agent.identity",
            "dev.holdfast.coordinator",
            "dev.holdfast.coordinator.admin",
            "dev.holdfast.coordinator.association",
            "dev.holdfast.coordinator.client",
            "dev.holdfast.coordinator.compliance",
            "dev.holdfast.coordinator.ingest",
            "dev.holdfast.coordinator.instance",
            "dev.holdfast.coordinator.inventory",
            "dev.holdfast.coordinator.link",
            "dev.holdfast.coordinator.targeting",
            "dev.holdfast.coordinator.trust",
            "dev.holdfast.demo")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(Classes.GENERATED)
        .because("rules are about values; a message may lack anything, a value never does")
        .check(Classes.MAIN);
  }

  @ParameterizedTest(name = "{0} only in {1}")
  @CsvSource({
    "oshi..,                 dev.holdfast.agent.inventory",
    "com.sun.jna..,          dev.holdfast.agent.inventory",
    "java.sql..,             dev.holdfast.coordinator.store",
    "org.jdbi..,             dev.holdfast.coordinator.store",
    "org.flywaydb..,         dev.holdfast.coordinator.store",
    "org.sqlite..,           dev.holdfast.coordinator.store",
    "org.bouncycastle..,     dev.holdfast.coordinator.trust",
    "com.google.re2j..,      dev.holdfast.pattern",
    "com.github.mangstadt..,  dev.holdfast.calendar",
    "org.roaringbitmap..,    dev.holdfast.coordinator.targeting|dev.holdfast.coordinator.inventory",
  })
  void eachTechnologyHasOnePackage(String technology, String home) {
    noClasses()
        .that()
        .resideOutsideOfPackages(home.split("\\|"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(technology)
        .because("what one package uses can be replaced there, and is bounded there")
        .check(Classes.MAIN);
  }

  @Test
  void processesAreStartedInOnePlace() {
    Classes.onlyIn(
        new String[] {"dev.holdfast.agent.process"},
        "what is started must be found, bounded and ended as a whole tree: that is agent.process",
        ProcessBuilder.class,
        Set.of());
    Classes.onlyIn(
        new String[] {},
        "ProcessBuilder says what is inherited; Runtime.exec doesn't",
        Runtime.class,
        Set.of("exec"));
  }

  @Test
  void nothingButCommandsDependsOnACompositionRoot() {
    noClasses()
        .that()
        .resideOutsideOfPackages(Classes.AGENT, Classes.COORDINATOR, "dev.holdfast.*.command..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(Classes.AGENT, Classes.COORDINATOR)
        .because("the root knows all parts; a part that knows the root knows everything")
        .check(Classes.MAIN);
  }

  @Test
  void valuesAndDecidersTouchNothingOutside() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.holdfast.assignment..",
            "dev.holdfast.association..",
            "dev.holdfast.document..",
            "dev.holdfast.report..",
            "dev.holdfast.schedule..",
            "dev.holdfast.state..",
            "dev.holdfast.coordinator.targeting..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "java.io..",
                    "java.net..",
                    "java.nio.channels..",
                    "java.nio.file..",
                    "java.util.concurrent..",
                    "org.slf4j..",
                    "io.grpc..",
                    "io.netty..")
                // An address is a value: taking it apart touches nothing.
                .and(not(belongToAnyOf(URI.class, URISyntaxException.class))))
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .because("the same arguments give the same answer, in any thread, on any day")
        .check(Classes.MAIN);
  }

  @Test
  void classesAreFinal() {
    classes()
        .that()
        .areNotInterfaces()
        .and()
        .areNotAnonymousClasses()
        .and()
        .doNotHaveModifier(JavaModifier.ABSTRACT)
        .and()
        .areNotEnums()
        .should()
        .haveModifier(JavaModifier.FINAL)
        .because("nothing here is written to be inherited from")
        .check(Classes.MAIN);
  }

  @Test
  void namesAreNounsOfTheDomain() {
    noClasses()
        .should()
        .haveNameMatching(".*(Util|Utils|Impl|Helper|Manager|Abstract)\\w*")
        .orShould()
        .resideInAnyPackage("..util..", "..common..", "..impl..", "..internal..", "..helper..")
        .because("such a name says that nobody knew what it is")
        .check(Classes.MAIN);
  }
}
