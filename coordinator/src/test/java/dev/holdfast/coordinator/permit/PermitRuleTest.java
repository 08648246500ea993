package dev.holdfast.coordinator.permit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.permit.PermitRule.Facts;
import dev.holdfast.coordinator.permit.PermitRule.Request;
import dev.holdfast.coordinator.permit.PermitRule.Standing;
import dev.holdfast.coordinator.testing.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PermitRuleTest {
  private static final Instant T = Instant.parse("2026-11-22T08:00:00Z");

  private static Standing execution(int number) {
    return new Standing("x" + number, T.plusSeconds(number), number, OptionalInt.empty(), 0, false);
  }

  private static Standing withErrors(int errors, int allowed) {
    return new Standing("x", T, 1, OptionalInt.of(allowed), errors, false);
  }

  /**
   * Who asks, when it succeeded last in minutes after T (below 0: never), and since which second.
   */
  private static Request request(int instance, int success, int asked, Standing standing) {
    return new Request(
        Rows.id(instance),
        standing,
        false,
        success < 0 ? Optional.empty() : Optional.of(T.plus(Duration.ofMinutes(success))),
        Duration.ofSeconds(asked));
  }

  private static List<String> granted(Facts facts, Request... requests) {
    return ids(PermitRule.decide(facts, List.of(requests), (_, _) -> true).granted());
  }

  private static List<String> ids(List<Request> requests) {
    return requests.stream().map(Request::instance).map(InstanceId::value).toList();
  }

  private static List<String> ids(int... numbers) {
    return java.util.stream.IntStream.of(numbers).mapToObj(n -> Rows.id(n).value()).toList();
  }

  private static Facts facts(int limit, int counting) {
    return new Facts(
        limit == 0 ? OptionalInt.empty() : OptionalInt.of(limit), counting, Optional.empty());
  }

  @ParameterizedTest(name = "limit {0}, {1} in progress: {2} of 4 start")
  @CsvSource({"1,0,1", "1,1,0", "2,1,1", "2,3,0", "4,0,4", "9,2,4", "0,50,4"})
  void noMoreStartThanMayBeInProgress(int limit, int counting, int expected) {
    Standing one = execution(1);
    assertEquals(
        expected,
        granted(
                facts(limit, counting),
                request(1, -1, 1, one),
                request(2, -1, 2, one),
                request(3, -1, 3, one),
                request(4, -1, 4, one))
            .size());
  }

  @Test
  void longestWithoutASuccessComesFirstThenLongestWaiting() {
    Standing one = execution(1);
    assertEquals(
        ids(4, 3, 2, 1),
        granted(
            facts(4, 0),
            request(1, 30, 1, one),
            request(2, 10, 9, one),
            request(3, -1, 8, one),
            request(4, -1, 7, one)));
  }

  @ParameterizedTest(name = "{0} errors of {1} allowed: over {2}")
  @CsvSource({"0,0,false", "1,0,true", "3,3,false", "4,3,true"})
  void anExecutionIsOverWithOneErrorMoreThanIsAllowed(int errors, int allowed, boolean over) {
    assertEquals(over, withErrors(errors, allowed).over());
    assertEquals(
        over ? ids() : ids(1),
        granted(facts(0, 0), request(1, -1, 1, withErrors(errors, allowed))));
  }

  @Test
  void whatWasStoppedOnceStaysSoAlsoIfALostOneTurnsOutWell() {
    Standing stopped = new Standing("x", T, 1, OptionalInt.of(1), 1, true);
    assertEquals(ids(), granted(facts(0, 0), request(1, -1, 1, stopped)));
  }

  @Test
  void whatIsOverTakesNobodysPlace() {
    Standing over = withErrors(1, 0);
    assertEquals(
        ids(2), granted(facts(1, 0), request(1, -1, 1, over), request(2, 5, 2, execution(2))));
  }

  @Test
  void aNewerTriggerThatStartsTakesThePlaceOfTheOlderOnesThatWait() {
    List<Request> requests =
        List.of(
            request(1, -1, 1, execution(2)),
            request(2, 1, 2, execution(1)),
            request(3, 2, 3, execution(1)),
            request(4, 3, 4, execution(2)));

    PermitRule.Decision decision = PermitRule.decide(facts(1, 0), requests, (_, _) -> true);

    assertEquals(ids(1), ids(decision.granted()));
    assertEquals(ids(2, 3), ids(decision.superseded()));
  }

  @Test
  void whomTheNewerOneIsNotForGoesOnWaitingAndWhatHasBegunGoesOn() {
    Request begun =
        new Request(Rows.id(3), execution(1), true, Optional.empty(), Duration.ofSeconds(1));
    Facts facts = new Facts(OptionalInt.of(1), 1, Optional.of(execution(2)));

    PermitRule.Decision decision =
        PermitRule.decide(
            facts,
            List.of(request(1, -1, 1, execution(1)), request(2, -1, 1, execution(1)), begun),
            (_, instance) -> !instance.equals(Rows.id(2)));

    assertEquals(ids(1), ids(decision.superseded()));
  }

  @Test
  void whatIsSupersededIsNotGrantedThoughThereIsRoom() {
    Facts facts = new Facts(OptionalInt.of(5), 0, Optional.of(execution(2)));
    assertEquals(
        ids(2), granted(facts, request(1, -1, 1, execution(1)), request(2, 1, 1, execution(2))));
  }

  @Test
  void aPermitIsLostOnlyAfterItsTimeFromTheLastSignOfLife() {
    Duration after = Duration.ofMinutes(70);
    assertFalse(PermitRule.lost(T, Optional.empty(), after, T.plus(after)));
    assertTrue(PermitRule.lost(T, Optional.empty(), after, T.plus(after).plusMillis(1)));
    Instant heard = T.plusSeconds(600);
    assertFalse(PermitRule.lost(T, Optional.of(heard), after, heard.plus(after)));
    assertTrue(PermitRule.lost(T, Optional.of(heard), after, heard.plus(after).plusMillis(1)));
    assertFalse(
        PermitRule.lost(T, Optional.of(T.minusSeconds(9_999)), after, T.plus(after)),
        "what came before the grant says nothing");
  }
}
