package dev.holdfast.coordinator.permit;

import dev.holdfast.association.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * Decides who of those that ask may start a run of one association. Pure: what it decides from are
 * values, and who is addressed by what is asked of whoever calls.
 */
public final class PermitRule {
  /** Who goes first: longest without a success, then longest waiting. */
  static <T> Comparator<T> order(
      Function<T, Optional<Instant>> lastSuccess,
      Function<T, Duration> askedAt,
      Function<T, InstanceId> instance) {
    return Comparator.comparing((T one) -> lastSuccess.apply(one).orElse(Instant.MIN))
        .thenComparing(askedAt)
        .thenComparing(instance);
  }

  private PermitRule() {}

  /**
   * An execution.
   *
   * @param time a tick's instant, else when it was made
   * @param position of the log when it was written
   * @param maxErrors of its runs that may end in error; empty: any number
   * @param errors that it has
   * @param stopped it once had too many
   */
  record Standing(
      String execution,
      Instant time,
      long position,
      OptionalInt maxErrors,
      int errors,
      boolean stopped) {

    boolean newerThan(Standing other) {
      return time.isAfter(other.time) || (time.equals(other.time) && position > other.position);
    }

    /** Whether nothing more of it starts. */
    boolean over() {
      return stopped || (maxErrors.isPresent() && errors > maxErrors.getAsInt());
    }
  }

  /**
   * Who asks.
   *
   * @param begun a run of it had begun: nothing takes its place
   * @param askedAt by the monotonic clock
   */
  record Request(
      InstanceId instance,
      Standing standing,
      boolean begun,
      Optional<Instant> lastSuccess,
      Duration askedAt) {}

  /**
   * How the association stands.
   *
   * @param limit runs that may be in progress at once; empty: any number
   * @param counting permits that count against it now
   * @param newest the newest execution for which a permit was given
   */
  record Facts(OptionalInt limit, int counting, Optional<Standing> newest) {
    int free() {
      return limit.isEmpty() ? Integer.MAX_VALUE : Math.max(0, limit.getAsInt() - counting);
    }
  }

  /**
   * What is decided.
   *
   * @param granted these may start, in this order
   * @param superseded these are not to start: something newer has, and is for them too
   */
  record Decision(List<Request> granted, List<Request> superseded) {}

  /**
   * Decides. A request that is in neither list waits, or its execution is over: of that the set of
   * its instance tells.
   *
   * @param addresses whether an execution is for an instance too
   */
  static Decision decide(
      Facts facts, List<Request> requests, BiPredicate<Standing, InstanceId> addresses) {
    List<Request> granted = new ArrayList<>();
    Optional<Standing> newest = facts.newest;
    int free = facts.free();
    List<Request> left = new ArrayList<>();
    for (Request request :
        requests.stream()
            .sorted(order(Request::lastSuccess, Request::askedAt, Request::instance))
            .toList()) {
      if (request.standing.over()) {
        continue;
      }
      if (free > 0 && !superseded(request, newest, addresses)) {
        free--;
        granted.add(request);
        if (newest.map(request.standing::newerThan).orElse(true)) {
          newest = Optional.of(request.standing);
        }
      } else {
        left.add(request);
      }
    }
    Optional<Standing> begun = newest;
    return new Decision(
        granted, left.stream().filter(request -> superseded(request, begun, addresses)).toList());
  }

  private static boolean superseded(
      Request request, Optional<Standing> newest, BiPredicate<Standing, InstanceId> addresses) {
    return !request.begun
        && newest
            .filter(begun -> begun.newerThan(request.standing))
            .filter(begun -> addresses.test(begun, request.instance))
            .isPresent();
  }

  /** Whether an instance that was heard of last then has lost the run that a permit was for. */
  static boolean lost(Instant granted, Optional<Instant> heard, Duration lostAfter, Instant now) {
    Instant sign = heard.filter(granted::isBefore).orElse(granted);
    return now.isAfter(sign.plus(lostAfter));
  }
}
