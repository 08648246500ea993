package dev.holdfast.coordinator.permit;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.permit.PermitRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What linked instances ask for now: at most one run of each association. Changed on the owner's
 * executor; {@link #waits} may be asked from anywhere.
 */
final class Asks {
  private final Map<AssociationId, Map<InstanceId, Ask>> asks = new HashMap<>();
  private final Set<String> waiting = ConcurrentHashMap.newKeySet();

  /** One of them. */
  static final class Ask {
    final InstanceId instance;
    final AssociationId association;
    final Trigger trigger;
    final String execution;
    final Duration askedAt;

    /** Of the newest request that names it. */
    long number;

    /** It was looked at since it was named last. */
    boolean looked;

    /** It waits for nothing but others' permits, as far as is known. */
    boolean startable;

    /** When the association succeeded there last; empty before that was read. */
    Optional<Optional<Instant>> lastSuccess = Optional.empty();

    Ask(InstanceId instance, AssociationId association, Trigger trigger, Duration askedAt) {
      this.instance = instance;
      this.association = association;
      this.trigger = trigger;
      this.execution = Identity.executionId(association, trigger);
      this.askedAt = askedAt;
    }

    private String run() {
      return Identity.runId(instance, association, trigger);
    }
  }

  /** An instance asks for this, and for nothing else. */
  void say(InstanceId instance, PermitRequest request, Duration uptime) {
    Map<AssociationId, Ask> before = new HashMap<>();
    asks.forEach(
        (association, own) ->
            Optional.ofNullable(own.get(instance)).ifPresent(ask -> before.put(association, ask)));
    forget(instance);
    for (PermitRequest.Ask said : request.asked()) {
      Ask known = before.get(said.association());
      Ask ask =
          known != null && known.trigger.equals(said.trigger())
              ? known
              : new Ask(instance, said.association(), said.trigger(), uptime.minus(said.waited()));
      ask.number = request.number();
      ask.looked = false;
      asks.computeIfAbsent(said.association(), _ -> new HashMap<>()).put(instance, ask);
      waiting.add(ask.run());
    }
  }

  /** An instance asks for nothing any more. */
  void forget(InstanceId instance) {
    asks.values()
        .removeIf(
            own -> {
              Optional.ofNullable(own.remove(instance)).ifPresent(ask -> waiting.remove(ask.run()));
              return own.isEmpty();
            });
  }

  /** It has a permit, as far as its agent does not ask again. */
  void granted(Ask ask) {
    waiting.remove(ask.run());
  }

  /** The associations that are asked for. */
  List<AssociationId> associations() {
    return asks.keySet().stream().sorted().toList();
  }

  /** Who asks for one. */
  List<Ask> of(AssociationId association) {
    return new ArrayList<>(asks.getOrDefault(association, Map.of()).values());
  }

  /** How many runs are asked for. From any thread. */
  int waiting() {
    return waiting.size();
  }

  /** Whether a run is asked for. From any thread. */
  boolean waits(String run) {
    return waiting.contains(run);
  }
}
