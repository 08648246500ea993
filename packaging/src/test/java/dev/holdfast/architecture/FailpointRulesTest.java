package dev.holdfast.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.Armed;
import dev.holdfast.task.Failpoints;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Nothing that is installed can end a program at a failpoint. */
final class FailpointRulesTest {
  @Test
  void noProductHasFailpointsThatDoSomething() {
    assertTrue(Classes.MAIN.contain(Failpoints.class), "the rules see the interface");
    noClasses()
        .that(
            assignableTo(Failpoints.class)
                .and(
                    com.tngtech.archunit.base.DescribedPredicate.not(
                        belongToAnyOf(Failpoints.class))))
        .should()
        .beAssignableTo(Failpoints.class)
        .allowEmptyShould(true)
        .because("what implements them could end the program")
        .check(Classes.MAIN);
  }

  @Test
  void nobodyInTheProductsPutsAnythingInPlaceOfWhatTheAgentFinds() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.holdfast.agent.Main")
        .and()
        .doNotHaveFullyQualifiedName(Armed.class.getName())
        .should()
        .callConstructor(Armed.class, Failpoints.class, Optional.class)
        .because("who makes one may say that the host was started anew")
        .check(Classes.MAIN);
  }

  @Test
  void nobodyInTheProductsStartsThemWithFailpointsButTheirOwnMain() {
    for (String main : List.of("dev.holdfast.agent.Main", "dev.holdfast.coordinator.Main")) {
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(main)
          .should()
          .callMethod(main, "run", String[].class.getName(), Failpoints.class.getName())
          .because("who calls it may hand over armed ones")
          .check(Classes.MAIN);
    }
  }
}
