package dev.holdfast.coordinator.association;

import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.store.Freezes;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.ClearFreezeResponse;
import dev.holdfast.wire.v1.Freeze;
import dev.holdfast.wire.v1.GetFreezeResponse;
import dev.holdfast.wire.v1.SetFreezeRequest;
import dev.holdfast.wire.v1.SetFreezeResponse;
import dev.holdfast.wire.v1.Warning;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Freezes everything, and lets go again. */
final class FreezeCalls {
  /** How far ahead the end of a freeze may lie. */
  static final Duration LONGEST = Duration.ofDays(366);

  private FreezeCalls() {}

  /** The one that lasts. */
  static GetFreezeResponse get(Read read, Instant now) {
    GetFreezeResponse.Builder response = GetFreezeResponse.newBuilder();
    lasting(read, now).ifPresent(freeze -> response.setFreeze(toProto(freeze)));
    return response.build();
  }

  /** Sets one; one that lasts goes on in it, with another reason and end. */
  static Calls.Done<SetFreezeResponse> set(Write write, SetFreezeRequest request) {
    Optional<Instant> until = check(write, request);
    Instant from =
        lasting(write.read(), write.now())
            .map(dev.holdfast.assignment.Freeze::from)
            .orElse(write.now());
    dev.holdfast.assignment.Freeze freeze =
        new dev.holdfast.assignment.Freeze(
            from, until, request.getReason(), Caller.person().name());
    Freezes.end(write);
    write.append(
        "FreezeSet",
        List.of(),
        Map.of(
            "reason",
            freeze.reason(),
            "who",
            freeze.who(),
            "until",
            until.map(Instant::toString).orElse("")));
    Freezes.add(write, freeze);
    return new Calls.Done<>(
        SetFreezeResponse.newBuilder().setFreeze(toProto(freeze)).build(), List.of());
  }

  /** Ends the one that lasts. */
  static Calls.Done<ClearFreezeResponse> clear(Write write) {
    ClearFreezeResponse.Builder response = ClearFreezeResponse.newBuilder();
    if (lasting(write.read(), write.now()).isEmpty()) {
      return new Calls.Done<>(
          response
              .addWarnings(
                  Warning.newBuilder()
                      .setCode("NotFrozen")
                      .setMessage("nothing is frozen: there is nothing to end"))
              .build(),
          List.of());
    }
    write.append("FreezeCleared", List.of(), Map.of("who", Caller.person().name()));
    Freezes.end(write);
    return new Calls.Done<>(response.build(), List.of());
  }

  private static Optional<dev.holdfast.assignment.Freeze> lasting(Read read, Instant now) {
    return Freezes.current(read).filter(freeze -> freeze.covers(now));
  }

  private static Optional<Instant> check(Write write, SetFreezeRequest request) {
    Findings findings = new Findings();
    findings.text("reason", request.getReason(), Limits.MAX_REASON_CHARS);
    if (request.getReason().isBlank()) {
      findings.add("reason", "is empty; say why, for those whose runs are held");
    }
    Optional<Instant> until =
        request.hasUntil() ? Optional.of(Times.fromProto(request.getUntil())) : Optional.empty();
    until
        .filter(end -> !end.isAfter(write.now()) || end.isAfter(write.now().plus(LONGEST)))
        .ifPresent(
            end ->
                findings.add(
                    "until",
                    "is "
                        + end
                        + "; it must lie in the future, and within "
                        + LONGEST.toDays()
                        + " days"));
    findings.refuse("ValidationError");
    return until;
  }

  private static Freeze toProto(dev.holdfast.assignment.Freeze freeze) {
    Freeze.Builder answer =
        Freeze.newBuilder()
            .setReason(freeze.reason())
            .setWho(freeze.who())
            .setSince(Times.toProto(freeze.from()));
    freeze.until().ifPresent(until -> answer.setUntil(Times.toProto(until)));
    return answer.build();
  }
}
