package dev.holdfast.bench;

import com.google.protobuf.FieldMask;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.GroupForm;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.InstanceGroups;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.targeting.Groups;
import dev.holdfast.coordinator.targeting.Matcher;
import dev.holdfast.coordinator.targeting.Query;
import dev.holdfast.coordinator.targeting.Subject;
import dev.holdfast.coordinator.targeting.Target;
import dev.holdfast.coordinator.targeting.TargetIndex;
import dev.holdfast.system.Scratch;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.ExplainAssociationRequest;
import dev.holdfast.wire.v1.PlanAssociationRequest;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a change of a tag or of an association costs in a large fleet, as whole calls with their
 * commit, and of these what finding out whom it concerns costs; beside a scan, which looks at all
 * associations or all instances by the same rule.
 */
public final class Targeting {
  /** Rounds of a scan: each takes long. */
  private static final int SCANS = 5;

  private final LargeFleet fleet;
  private final int rounds;
  private final PrintStream out;
  private final Random random = new Random(1);

  private Targeting(LargeFleet fleet, int rounds, PrintStream out) {
    this.fleet = fleet;
    this.rounds = rounds;
    this.out = out;
  }

  /** {@code packaging/bench/targeting [INSTANCES [ASSOCIATIONS [ROUNDS]]]}. */
  public static void main(String[] arguments) throws IOException {
    int instances = Arguments.number(arguments, 0, 100_000);
    int associations = Arguments.number(arguments, 1, 1_000);
    int rounds = Arguments.number(arguments, 2, 200);
    if (instances < 1_000 || associations < 10 || rounds < 10 || arguments.length > 3) {
      System.err.println(
          "targeting: call it as packaging/bench/targeting [INSTANCES [ASSOCIATIONS [ROUNDS]]],"
              + " with at least 1000, 10 and 10");
      System.exit(2);
    }
    try (Scratch scratch = Scratch.make("holdfast-targeting");
        LargeFleet fleet = new LargeFleet(scratch.folder(), instances)) {
      long begun = System.nanoTime();
      fleet.fill(associations);
      System.out.printf(
          Locale.ROOT,
          "%,d instances, %,d associations, %,d memberships, made in %.0f s%n%n",
          instances,
          associations,
          memberships(fleet),
          (System.nanoTime() - begun) / 1e9);
      new Targeting(fleet, rounds, System.out).measure();
    }
  }

  private static long memberships(LargeFleet fleet) {
    return fleet.store.<Long>read(
        read ->
            Associations.list(read, "", Integer.MAX_VALUE).stream()
                .mapToLong(row -> Memberships.count(read, row.id()))
                .sum());
  }

  private void measure() {
    long before = used();
    long begun = System.nanoTime();
    TargetIndex index = fleet.store.read(Targeting::build);
    double built = (System.nanoTime() - begun) / 1e6;
    long bytes = used() - before;
    out.printf(Locale.ROOT, "index build from rows       %8.0f ms%n", built);
    out.printf(
        Locale.ROOT,
        "memory of the index         %8.1f MiB, %d bytes an instance%n%n",
        bytes / 1048576.0,
        bytes / fleet.instances());
    out.println("milliseconds                      p50      p99      max");
    tagChange(index);
    edit(index);
    plan(index);
    planned("plan of a role, the call", LargeFleet.tag("Role", LargeFleet.role(3)));
    planned(
        "plan of everybody, the call",
        dev.holdfast.wire.v1.Target.newBuilder().setKey("InstanceIds").addValues("*").build());
    explained();
  }

  private void tagChange(TargetIndex index) {
    List<Long> calls = new ArrayList<>();
    List<Long> found = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      InstanceId instance = LargeFleet.instance(random.nextInt(fleet.instances()));
      String role = LargeFleet.role(random.nextInt(1_000));
      long begun = System.nanoTime();
      LargeFleet.call(
          fleet.instanceCalls::addTagsToResource,
          AddTagsToResourceRequest.newBuilder()
              .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
              .setResourceId(instance.value())
              .putTags("Role", role)
              .build());
      calls.add(System.nanoTime() - begun);
      Subject subject = index.subject(instance).orElseThrow();
      Map<String, String> tags = new HashMap<>(subject.tags());
      tags.put("Role", role);
      long asked = System.nanoTime();
      var _ = index.put(retagged(subject, tags));
      Set<AssociationId> naming = index.naming(instance);
      found.add(System.nanoTime() - asked);
      int members = fleet.store.<Integer>read(read -> Memberships.count(read, instance));
      if (members != naming.size()) {
        throw new IllegalStateException(instance + " is no member of what names it");
      }
    }
    List<Long> scans = new ArrayList<>();
    for (int i = 0; i < SCANS; i++) {
      InstanceId instance = LargeFleet.instance(random.nextInt(fleet.instances()));
      Subject subject = index.subject(instance).orElseThrow();
      long begun = System.nanoTime();
      Set<AssociationId> scanned = fleet.store.read(read -> scan(read, subject, index.groups()));
      scans.add(System.nanoTime() - begun);
      if (!scanned.equals(index.naming(instance))) {
        throw new IllegalStateException("the index and the scan differ for " + instance);
      }
    }
    line("tag change, the whole call", calls);
    line("  of it the index", found);
    line("  a scan of associations", scans);
  }

  private void edit(TargetIndex index) {
    List<Long> moves = new ArrayList<>();
    List<Long> others = new ArrayList<>();
    List<Long> found = new ArrayList<>();
    int edits = Math.max(10, rounds / 10);
    for (int i = 0; i < edits; i++) {
      String id = fleet.associations().get(i % fleet.associations().size());
      String team = LargeFleet.team(random.nextInt(1_000));
      Association after =
          Association.newBuilder()
              .addTargets(LargeFleet.tag("Team", team))
              .putTags("round", Integer.toString(i))
              .build();
      others.add(edited(id, after, "tags"));
      moves.add(edited(id, after, "targets"));
      List<InstanceId> members =
          fleet.store.read(read -> Memberships.memberIds(read, new AssociationId(id)));
      long asked = System.nanoTime();
      var _ = index.difference(query("tag:Team", LargeFleet.team(i)), members);
      found.add(System.nanoTime() - asked);
    }
    List<Long> scans = new ArrayList<>();
    for (int i = 0; i < SCANS; i++) {
      Query query = query("tag:Team", LargeFleet.team(i));
      long begun = System.nanoTime();
      int count = fleet.store.<Integer>read(read -> scan(read, query, index.groups()));
      scans.add(System.nanoTime() - begun);
      if (count != index.count(query)) {
        throw new IllegalStateException("the index and the scan differ for " + query);
      }
    }
    line("edit of other fields, the call", others);
    line("edit of targets, the call", moves);
    line("  of it the index", found);
    line("  a scan of instances", scans);
    out.printf(
        Locale.ROOT,
        "  (an edit of targets also writes the rows of about %,d who leave and %,d who come)%n",
        fleet.instances() / 100,
        fleet.instances() / 100);
  }

  private long edited(String id, Association after, String field) {
    long begun = System.nanoTime();
    LargeFleet.call(
        fleet.associationCalls::updateAssociation,
        UpdateAssociationRequest.newBuilder()
            .setAssociationId(id)
            .setAssociation(after)
            .setUpdateMask(FieldMask.newBuilder().addPaths(field))
            .setAcknowledgeTargets(Integer.MAX_VALUE)
            .build());
    return System.nanoTime() - begun;
  }

  private void planned(String name, dev.holdfast.wire.v1.Target target) {
    String id = fleet.associations().getFirst();
    List<Long> calls = new ArrayList<>();
    for (int i = 0; i < Math.max(10, rounds / 10); i++) {
      long begun = System.nanoTime();
      LargeFleet.call(
          fleet.associationCalls::planAssociation,
          PlanAssociationRequest.newBuilder()
              .setAssociationId(id)
              .setAssociation(Association.newBuilder().addTargets(target))
              .setUpdateMask(FieldMask.newBuilder().addPaths("targets"))
              .build());
      calls.add(System.nanoTime() - begun);
    }
    line(name, calls);
  }

  private void explained() {
    List<Long> calls = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      String id = fleet.associations().get(random.nextInt(fleet.associations().size()));
      InstanceId instance = LargeFleet.instance(random.nextInt(fleet.instances()));
      long begun = System.nanoTime();
      LargeFleet.call(
          fleet.associationCalls::explainAssociation,
          ExplainAssociationRequest.newBuilder()
              .setAssociationId(id)
              .setInstanceId(instance.value())
              .build());
      calls.add(System.nanoTime() - begun);
    }
    line("explain, the call", calls);
  }

  private void plan(TargetIndex index) {
    plan(index, "plan of a role", query("tag:Role", LargeFleet.role(3)));
    plan(index, "plan of a group", query("resource-groups:Name", "group-3"));
    plan(index, "plan of everybody", query("InstanceIds", "*"));
  }

  private void plan(TargetIndex index, String name, Query query) {
    List<Long> times = new ArrayList<>();
    AtomicInteger reasons = new AtomicInteger();
    for (int i = 0; i < Math.max(10, rounds / 10); i++) {
      reasons.set(0);
      long begun = System.nanoTime();
      index.named(
          query,
          subject -> reasons.addAndGet(Matcher.reasons(query, subject, index.groups()).size()));
      times.add(System.nanoTime() - begun);
    }
    line("%s, %,d reasons".formatted(name, reasons.get()), times);
  }

  private void line(String what, List<Long> nanos) {
    Times times = new Times(nanos);
    out.printf(
        Locale.ROOT,
        "%-30s %8.2f %8.2f %8.2f%n",
        what,
        times.millis(0.5),
        times.millis(0.99),
        times.millis(1));
  }

  private static Query query(String key, String value) {
    return Query.of(List.of(new Target(key, List.of(value))));
  }

  private static TargetIndex build(Read read) {
    TargetIndex index = new TargetIndex();
    for (InstanceGroups.Group group : InstanceGroups.list(read, "", Integer.MAX_VALUE)) {
      var _ = index.putGroup(group.name(), GroupForm.query(GroupForm.read(group.content())));
    }
    for (Instances.Traits traits : Instances.traits(read)) {
      var _ = index.put(subject(traits));
    }
    for (Associations.Current current : Associations.current(read, "", Integer.MAX_VALUE)) {
      var _ = index.put(current.row().id(), query(current));
    }
    return index;
  }

  private static Set<AssociationId> scan(Read read, Subject subject, Groups groups) {
    Set<AssociationId> naming = new TreeSet<>();
    for (Associations.Current current : Associations.current(read, "", Integer.MAX_VALUE)) {
      if (Matcher.matches(query(current), subject, groups)) {
        naming.add(current.row().id());
      }
    }
    return naming;
  }

  private static int scan(Read read, Query query, Groups groups) {
    int count = 0;
    for (Instances.Traits traits : Instances.traits(read)) {
      count += Matcher.matches(query, subject(traits), groups) ? 1 : 0;
    }
    return count;
  }

  private static Subject subject(Instances.Traits traits) {
    return new Subject(
        traits.id(),
        traits.tags(),
        traits.platformType(),
        traits.platformName(),
        traits.platformVersion());
  }

  private static Subject retagged(Subject subject, Map<String, String> tags) {
    return new Subject(
        subject.id(),
        tags,
        subject.platformType(),
        subject.platformName(),
        subject.platformVersion());
  }

  private static Query query(Associations.Current current) {
    try {
      return Query.of(
          Association.parseFrom(current.content()).getTargetsList().stream()
              .map(target -> new Target(target.getKey(), target.getValuesList()))
              .toList());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an association's version can't be read", e);
    }
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
