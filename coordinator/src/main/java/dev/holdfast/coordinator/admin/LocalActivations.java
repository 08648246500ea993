package dev.holdfast.coordinator.admin;

import com.google.protobuf.Message;
import dev.holdfast.coordinator.store.Activations;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.trust.Actor;
import dev.holdfast.coordinator.trust.Secrets;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.DeleteActivationRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Activations for who administers the coordinator on its own machine: the same rules and the same
 * audit rows as over the API. A code is in the answer and nowhere else.
 */
public final class LocalActivations {
  /** Begins the name of an argument that is a tag; the rest is its key. */
  public static final String TAG = "tag:";

  /** Begins the name of an argument that is a network that hosts may come from. */
  public static final String CIDR = "cidr:";

  /** So many are told at the most: an answer is bounded. */
  static final int MAX_LISTED = 300;

  /** Characters of a name, and of all tags, that a list shows. */
  private static final int MAX_CELL = 60;

  private final Store store;
  private final Secrets secrets;
  private final Supplier<UUID> ids;
  private final Supplier<Instant> clock;

  /** Over a store; ids come from the given source. */
  public LocalActivations(
      Store store, Secrets secrets, Supplier<UUID> ids, Supplier<Instant> clock) {
    this.store = store;
    this.secrets = secrets;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Makes one.
   *
   * @param arguments {@code name}, {@code description}, {@code limit}, {@code seconds}, {@code
   *     approval} and names that begin with {@link #TAG} or {@link #CIDR}; all may be missing
   * @return its id, its code, and when it expires
   * @throws Refusal if it can't be made so
   */
  public List<String> create(Actor actor, Map<String, String> arguments) {
    return store.write(
        write -> {
          CreateActivationRequest request = request(arguments, write.now());
          Instant expires = GrpcActivations.check(request, write.now());
          String id = ids.get().toString();
          GrpcActivations.add(write, request, id, secrets.ofCode(secrets.codeOf(id)), expires);
          audit(write, actor, "CreateActivation", id, request);
          return List.of(id, secrets.codeOf(id), expires.toString());
        });
  }

  /** All that are not deleted: id, name, tags, uses of how many, when it expires, its state. */
  public List<List<String>> list() {
    Instant now = clock.get();
    return store.read(
        read -> {
          List<List<String>> rows = new ArrayList<>();
          String after = "";
          List<Activations.Activation> page;
          do {
            page = Activations.list(read, after, Limits.MAX_PAGE);
            for (Activations.Activation one : page) {
              rows.add(row(one, now));
              after = one.id();
            }
          } while (!page.isEmpty() && rows.size() < MAX_LISTED);
          if (!page.isEmpty()) {
            rows.add(List.of("and more", "DescribeActivations of the admin API tells all"));
          }
          return rows;
        });
  }

  /**
   * Deletes one: nobody enrols by it any more.
   *
   * @throws Refusal if there is none
   */
  public void delete(Actor actor, String id) {
    store.write(
        write -> {
          if (!Activations.delete(write, id)) {
            throw GrpcActivations.unknown(id);
          }
          write.append("ActivationDeleted", List.of(id), Map.of());
          audit(
              write,
              actor,
              "DeleteActivation",
              id,
              DeleteActivationRequest.newBuilder().setActivationId(id).build());
          return true;
        });
  }

  private void audit(Write write, Actor actor, String method, String id, Message request) {
    AuditTrail.add(
        write,
        ids.get().toString(),
        method,
        actor.principal(),
        actor.address(),
        List.of(id),
        "ALLOWED",
        "",
        Calls.withoutSecrets(request));
  }

  private static CreateActivationRequest request(Map<String, String> arguments, Instant now) {
    CreateActivationRequest.Builder request =
        CreateActivationRequest.newBuilder()
            .setDescription(arguments.getOrDefault("description", ""))
            .setDefaultInstanceName(arguments.getOrDefault("name", ""))
            .setRegistrationLimit(number(arguments, "limit").orElse(1).intValue())
            .setRequireApproval(arguments.getOrDefault("approval", "").equals("true"));
    number(arguments, "seconds")
        .ifPresent(
            seconds ->
                request.setExpirationDate(
                    Times.toProto(now.plus(Duration.ofSeconds(seconds.longValue())))));
    new TreeMap<>(arguments)
        .forEach(
            (name, value) -> {
              if (name.startsWith(TAG)) {
                request.putTags(name.substring(TAG.length()), value);
              } else if (name.startsWith(CIDR)) {
                request.addSourceCidrs(name.substring(CIDR.length()));
              }
            });
    return request.build();
  }

  private static Optional<Integer> number(Map<String, String> arguments, String name) {
    String text = arguments.getOrDefault(name, "");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!text.matches("\\d{1,9}")) {
      throw new Refusal("InvalidParameters", name + ": is no number");
    }
    return Optional.of(Integer.parseInt(text));
  }

  private static List<String> row(Activations.Activation one, Instant now) {
    String state =
        !one.expires().isAfter(now)
            ? "expired"
            : one.registrations() >= one.registrationLimit() ? "used" : "good";
    return List.of(
        one.id(),
        cut(one.defaultInstanceName()),
        cut(
            String.join(
                ",",
                new TreeMap<>(one.tags())
                    .entrySet().stream().map(tag -> tag.getKey() + "=" + tag.getValue()).toList())),
        one.registrations() + "/" + one.registrationLimit(),
        one.expires().toString(),
        state);
  }

  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= MAX_CELL
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MAX_CELL)) + "...";
  }
}
