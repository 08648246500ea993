package dev.holdfast.bench;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.GrpcDocuments;
import dev.holdfast.coordinator.admin.Linked;
import dev.holdfast.coordinator.association.AssociationDesk;
import dev.holdfast.coordinator.association.GrpcAssociations;
import dev.holdfast.coordinator.association.Waits;
import dev.holdfast.coordinator.instance.GrpcInstances;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.CreateInstanceGroupRequest;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.PingStatus;
import dev.holdfast.wire.v1.Target;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/**
 * A coordinator's store with many instances and associations, and its services in this thread.
 * Instances have six tags, one of them their own name; associations take one team, one role, a role
 * in an environment, a group, or one site, so that an instance has about a dozen.
 */
final class LargeFleet implements AutoCloseable {
  private static final String DOCUMENT =
      """
      schemaVersion: '2.2'
      mainSteps:
      - action: aws:runShellScript
        name: nothing
        inputs:
          runCommand: ['true']
      """;

  private static final int ROLES = 50;
  private static final int TEAMS = 100;
  private static final int SITES = 500;
  private static final int GROUPS = 20;
  private static final List<String> STAGES = List.of("production", "test", "development", "spare");

  private final int instances;
  final Store store;
  final AssociationDesk desk = new AssociationDesk(Integer.MAX_VALUE);
  final GrpcAssociations associationCalls;
  final GrpcInstances instanceCalls;
  private final GrpcDocuments documents;
  private final List<String> associations = new ArrayList<>();

  LargeFleet(Path folder, int instances) {
    this.instances = instances;
    this.store = Store.open(folder, Instant::now, Store.Durability.FULL);
    Calls calls = new Calls(store, UUID::randomUUID);
    associationCalls =
        new GrpcAssociations(
            calls,
            desk,
            _ -> true,
            Waits.NOBODY,
            _ -> PingStatus.PING_STATUS_ONLINE,
            Linked.NOBODY,
            Optional.empty(),
            Instant::now);
    documents = new GrpcDocuments(calls, desk, Instant::now);
    instanceCalls =
        new GrpcInstances(
            calls, desk, _ -> PingStatus.PING_STATUS_ONLINE, _ -> true, Waits.NOBODY, Instant::now);
  }

  /** Fills the store. */
  void fill(int count) {
    store.write(
        write -> {
          for (int i = 0; i < instances; i++) {
            add(write, i);
          }
          return true;
        });
    call(
        documents::createDocument,
        CreateDocumentRequest.newBuilder().setName("nothing").setContent(DOCUMENT).build());
    for (int i = 0; i < GROUPS; i++) {
      call(
          instanceCalls::createInstanceGroup,
          CreateInstanceGroupRequest.newBuilder()
              .setName("group-" + i)
              .addFilters(Filter.newBuilder().setKey("PlatformTypes").addValues("Linux"))
              .addFilters(Filter.newBuilder().setKey("tag:Role").addValues(role(i)))
              .addFilters(Filter.newBuilder().setKey("tag:Stage").addValues(STAGES.getFirst()))
              .build());
    }
    for (int i = 0; i < count; i++) {
      associations.add(
          call(
                  associationCalls::createAssociation,
                  CreateAssociationRequest.newBuilder()
                      .setAssociation(
                          Association.newBuilder()
                              .setName("nothing")
                              .setAssociationName("association-" + i)
                              .addAllTargets(targets(i)))
                      .build())
              .getAssociationDescription()
              .getAssociationId());
    }
  }

  private static void add(Write write, int number) {
    InstanceId id = instance(number);
    Instances.add(write, id, "", "a", "key" + number, "s", new byte[] {1}, "1.0", "host-" + number);
    Instances.heard(
        write,
        id,
        new Instances.Host(
            "1.0",
            number % 5 == 0 ? "Windows" : "Linux",
            number % 5 == 0 ? "Windows Server" : number % 5 < 3 ? "Debian GNU/Linux" : "AlmaLinux",
            Integer.toString(number % 4),
            "host-" + number,
            "10.0.0.1",
            "boot"),
        0);
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("Name", "host-" + number);
    tags.put("Role", role(number));
    tags.put("Team", team(number / 7));
    tags.put("Site", "site-" + number % SITES);
    tags.put("Stage", STAGES.get(number / ROLES % STAGES.size()));
    tags.put("Owner", "owner-" + number % 1_000);
    Instances.setTags(write, id, tags);
  }

  /** Whom an association names. */
  private static List<Target> targets(int number) {
    int tens = number / 10;
    int kind = number % 10;
    int pair = 3 * tens + kind;
    return switch (kind) {
      case 0, 1, 2 -> List.of(tag("Team", team(3 * tens + kind)));
      case 3, 4 -> List.of(tag("Role", role(2 * tens + kind)));
      case 5, 6, 7 ->
          List.of(tag("Role", role(pair)), tag("Stage", STAGES.get(pair / ROLES % STAGES.size())));
      case 8 ->
          List.of(
              Target.newBuilder()
                  .setKey("resource-groups:Name")
                  .addValues("group-" + tens % GROUPS)
                  .build());
      default -> List.of(tag("Site", "site-" + tens % SITES, "site-" + (tens + 1) % SITES));
    };
  }

  /** The ids of the associations, in the order in which they were made. */
  List<String> associations() {
    return associations;
  }

  int instances() {
    return instances;
  }

  static InstanceId instance(int number) {
    return new InstanceId("mi-%017x".formatted(number));
  }

  static String role(int number) {
    return "role-" + number % ROLES;
  }

  static String team(int number) {
    return "team-" + number % TEAMS;
  }

  static Target tag(String key, String... values) {
    return Target.newBuilder().setKey("tag:" + key).addAllValues(List.of(values)).build();
  }

  /** Makes a call, as an administrator, and waits for its answer. */
  static <Q, P> P call(BiConsumer<Q, StreamObserver<P>> method, Q request) {
    AtomicReference<Optional<P>> answered = new AtomicReference<>(Optional.empty());
    Context.current()
        .withValue(Caller.KEY, new Caller.Person("bench", Role.ADMIN, Optional.empty()))
        .run(
            () ->
                method.accept(
                    request,
                    new StreamObserver<>() {
                      @Override
                      public void onNext(P answer) {
                        answered.set(Optional.of(answer));
                      }

                      @Override
                      public void onError(Throwable failure) {
                        throw new IllegalStateException("a call was refused", failure);
                      }

                      @Override
                      public void onCompleted() {
                        // the answer is there
                      }
                    }));
    return answered.get().orElseThrow();
  }

  @Override
  public void close() {
    store.close();
  }
}
