package dev.holdfast.coordinator.assignment;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.AssignmentRows;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Parameters;
import dev.holdfast.coordinator.store.Parameters.Parameter;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.document.DocumentLimits;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.SecretReferences;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The SecureStrings that an instance may have: those that the revision in force of an association
 * of it refers to, and nothing else. Each answer is in the audit trail, by name, before it is
 * given; so is each refusal. For any thread.
 */
public final class SetSecrets {
  private static final int REMEMBERED_REVISIONS = 1_000;

  private final Store store;
  private final ParameterKeys keys;
  private final SecretRates rates;
  private final Supplier<Duration> uptime;
  private final Supplier<UUID> ids;
  private final Map<Sha256, Set<String>> references = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Over a store.
   *
   * @param uptime monotonic time, for the rates
   * @param ids of audit rows
   */
  public SetSecrets(
      Store store, ParameterKeys keys, Supplier<Duration> uptime, Supplier<UUID> ids) {
    this.store = store;
    this.keys = keys;
    this.rates = new SecretRates();
    this.uptime = uptime;
    this.ids = ids;
  }

  /**
   * A value, on its way out.
   *
   * @param name as it was asked for
   */
  public record Secret(String name, int version, String value) {
    /** Without the value. */
    @Override
    public String toString() {
      return "Secret[" + name + ":" + version + "]";
    }
  }

  /** What is answered. */
  public sealed interface Answer {
    /** All that was asked for, in its order. */
    record Given(List<Secret> secrets) implements Answer {
      /** Copies. */
      public Given {
        secrets = List.copyOf(secrets);
      }
    }

    /** Nothing: this instance has no business with one of them, or there is no such thing. */
    record Refused(String reason) implements Answer {}

    /** Nothing: it asks too often; later. */
    record TooOften() implements Answer {}
  }

  /**
   * Gives secrets to an instance.
   *
   * @param address where it asks from
   * @param names each {@code NAME} or {@code NAME:VERSION}
   */
  public Answer give(
      InstanceId instance, String address, AssociationId association, List<String> names) {
    if (names.isEmpty() || names.size() > DocumentLimits.MAX_SECRETS) {
      return new Answer.Refused(
          names.size() + " names; 1 to " + DocumentLimits.MAX_SECRETS + " are allowed");
    }
    if (!rates.admits(instance, uptime.get())) {
      return new Answer.TooOften();
    }
    return store.write(write -> give(write, instance, address, association, names));
  }

  private Answer give(
      Write write,
      InstanceId instance,
      String address,
      AssociationId association,
      List<String> names) {
    Set<String> referred =
        AssignmentRows.revision(write.read(), instance, association)
            .map(revision -> references(write.read(), revision))
            .orElse(Set.of());
    List<Secret> secrets = new ArrayList<>();
    List<String> audited = new ArrayList<>(List.of(association.value()));
    Optional<String> refusal = Optional.empty();
    for (String name : names) {
      Named named = Named.of(name);
      Optional<Parameter> found =
          referred.contains(name) || referred.contains(named.name)
              ? Parameters.find(write.read(), named.name, named.version)
                  .filter(parameter -> parameter.secret().isPresent())
              : Optional.empty();
      if (found.isPresent()) {
        audited.add(found.get().name() + ":" + found.get().version());
        secrets.add(new Secret(name, found.get().version(), keys.open(found.get())));
      } else {
        audited.add(printable(name));
        refusal =
            refusal.or(
                () ->
                    Optional.of(
                        "the association "
                            + association
                            + " of this instance refers to no SecureString '"
                            + printable(name)
                            + "' that is there"));
      }
    }
    AuditTrail.add(
        write,
        ids.get().toString(),
        "FetchSecrets",
        instance.value(),
        address,
        audited,
        refusal.isEmpty() ? "ALLOWED" : "DENIED",
        refusal.orElse(""),
        "{}");
    return refusal.<Answer>map(Answer.Refused::new).orElseGet(() -> new Answer.Given(secrets));
  }

  private Set<String> references(Read read, Sha256 revision) {
    synchronized (references) {
      Set<String> known = references.get(revision);
      if (known != null) {
        return known;
      }
    }
    Set<String> found =
        Bodies.find(read, revision)
            .map(AssignmentCodec::fromBytes)
            .flatMap(
                assignment ->
                    Bodies.find(read, assignment.document())
                        .flatMap(bytes -> DocumentReader.read(bytes).document())
                        .map(
                            document ->
                                SecretReferences.in(
                                        document,
                                        ParameterRules.check(document, assignment.parameters())
                                            .values())
                                    .names()))
            .orElse(Set.of());
    synchronized (references) {
      references.put(revision, found);
      while (references.size() > REMEMBERED_REVISIONS) {
        references.remove(references.keySet().iterator().next());
      }
    }
    return found;
  }

  private static String printable(String name) {
    return name.substring(0, Math.min(80, name.length())).replaceAll("\\p{C}", "?");
  }

  /** A name, and perhaps a version of it; what has neither form is a name that nothing has. */
  private record Named(String name, Optional<Integer> version) {
    static Named of(String reference) {
      int colon = reference.indexOf(':');
      return colon >= 0 && reference.substring(colon + 1).matches("[1-9]\\d{0,8}")
          ? new Named(
              reference.substring(0, colon),
              Optional.of(Integer.parseInt(reference.substring(colon + 1))))
          : new Named(reference, Optional.empty());
    }
  }
}
