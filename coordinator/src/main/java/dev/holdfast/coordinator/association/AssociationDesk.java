package dev.holdfast.coordinator.association;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.admin.Consequences;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.targeting.TargetMatcher;
import dev.holdfast.document.Substitution;
import dev.holdfast.document.Value;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.ValueCodec;
import dev.holdfast.wire.v1.Association;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes associations and all that follows from a change: the revision in force, who is a member,
 * and the executions that start. Its trigger is {@code change:} for those who were members, {@code
 * enter:} for who came in.
 */
public final class AssociationDesk implements Consequences {
  /** How long a trigger that nobody asked for by hand waits for its instances. */
  public static final Duration WAITS = Duration.ofDays(31);

  private final int guardInstances;

  /**
   * @param guardInstances more instances than this at once need an acknowledgement
   */
  public AssociationDesk(int guardInstances) {
    this.guardInstances = guardInstances;
  }

  /** What somebody wrote, in the version in force. */
  static Association content(Read read, Associations.Association row) {
    return content(
        Associations.version(read, row.id(), row.version())
            .orElseThrow(
                () ->
                    new StoreException(
                        "version " + row.version() + " of " + row.id() + " is missing")));
  }

  static Association content(Associations.Version version) {
    try {
      return Association.parseFrom(version.content());
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("an association's version can't be read", e);
    }
  }

  /** Writes a new association. */
  Associations.Association create(
      Write write, AssociationId id, Association content, int acknowledged) {
    Associations.Association row =
        new Associations.Association(
            id,
            content.getAssociationName(),
            1,
            content.getName(),
            write.now(),
            write.now(),
            Optional.empty(),
            Optional.empty(),
            write.now(),
            write.now());
    Associations.put(write, row);
    Associations.addVersion(write, id, 1, content.toByteArray());
    write.append(
        "AssociationCreated", List.of(id.value(), content.getName()), Map.of("version", "1"));
    row = settle(write, row, content);
    inForce(write, row, content);
    NavigableSet<InstanceId> members = members(write, content);
    members.forEach(instance -> Memberships.enter(write, instance, id));
    if (startsByItself(content)) {
      guard(content, members.size(), acknowledged);
      change(write, row, "created");
    }
    return row;
  }

  /** Writes a new version of one. */
  Associations.Association update(
      Write write,
      Associations.Association old,
      Association before,
      Association after,
      int acknowledged) {
    int version = old.version() + 1;
    boolean rescheduled =
        !before.getScheduleExpression().equals(after.getScheduleExpression())
            || !before.getScheduleTimezone().equals(after.getScheduleTimezone())
            || before.getScheduleOffset() != after.getScheduleOffset();
    boolean enabledNow = !Revisions.enabled(before) && Revisions.enabled(after);
    Associations.Association row =
        new Associations.Association(
            old.id(),
            after.getAssociationName(),
            version,
            after.getName(),
            old.created(),
            write.now(),
            Optional.empty(),
            old.revision(),
            rescheduled || enabledNow ? write.now() : old.effectiveFrom(),
            rescheduled ? write.now() : old.anchor());
    Associations.addVersion(write, old.id(), version, after.toByteArray());
    write.append(
        "AssociationUpdated",
        List.of(old.id().value(), after.getName()),
        Map.of("version", Integer.toString(version)));
    boolean executesOtherwise = executesOtherwise(write.read(), old, before, row, after);
    row = settle(write, row, after);
    if (rescheduled || Revisions.enabled(before) != Revisions.enabled(after)) {
      inForce(write, row, after);
    }
    Set<InstanceId> came = remember(write, row.id(), members(write, after));
    if (startsByItself(after)) {
      if (executesOtherwise || enabledNow) {
        guard(after, Memberships.members(write.read(), row.id()).size(), acknowledged);
        change(write, row, "changed");
      } else if (!came.isEmpty()) {
        guard(after, came.size(), acknowledged);
        enter(write, row, came.size());
      }
    }
    return row;
  }

  /** Deletes one: what has not started is skipped, what runs finishes. */
  void delete(Write write, Associations.Association row) {
    write.append("AssociationDeleted", List.of(row.id().value(), row.documentName()), Map.of());
    Memberships.members(write.read(), row.id())
        .forEach(membership -> Memberships.leave(write, membership.instance(), row.id()));
    Associations.delete(write, row.id());
  }

  /** Starts one by hand; the execution's id. */
  String start(
      Write write,
      Associations.Association row,
      String requestId,
      Set<String> instances,
      Instant notAfter,
      String who) {
    Trigger trigger = new Trigger.Manual(requestId);
    long position =
        write.append(
            "ExecutionStarted", List.of(row.id().value()), Map.of("trigger", trigger.text()));
    long targets =
        Memberships.members(write.read(), row.id()).stream()
            .filter(m -> instances.isEmpty() || instances.contains(m.instance().value()))
            .count();
    return add(
        write, row, trigger, "started by " + who, position, instances, notAfter, (int) targets);
  }

  @Override
  public void instanceChanged(Write write, InstanceId instance) {
    boolean active =
        Instances.find(write.read(), instance)
            .map(i -> i.state().equals(Instances.ACTIVE))
            .orElse(false);
    Map<String, String> tags = Instances.tags(write.read(), instance);
    Set<AssociationId> now = new TreeSet<>();
    Memberships.of(write.read(), instance).forEach(m -> now.add(m.association()));
    for (Associations.Association row : Associations.list(write.read(), "", Integer.MAX_VALUE)) {
      Association content = content(write.read(), row);
      boolean wanted = active && TargetMatcher.matches(content.getTargetsList(), instance, tags);
      if (wanted && !now.contains(row.id())) {
        Memberships.enter(write, instance, row.id());
        if (startsByItself(content)) {
          enter(write, row, 1);
        }
      } else if (!wanted && now.contains(row.id())) {
        Memberships.leave(write, instance, row.id());
      }
    }
  }

  @Override
  public void documentChanged(Write write, String document) {
    Associations.using(write.read(), document)
        .forEach(row -> resolveAgain(write, row, "its document changed"));
  }

  @Override
  public void parameterChanged(Write write, String parameter) {
    for (Associations.Association row : Associations.list(write.read(), "", Integer.MAX_VALUE)) {
      Value.Fields parameters =
          new Value.Fields(ValueCodec.fromProto(content(write.read(), row).getParameters()));
      if (Substitution.references(parameters).stream()
          .anyMatch(name -> name.equals(parameter) || name.startsWith(parameter + ":"))) {
        resolveAgain(write, row, "the parameter " + parameter + " changed");
      }
    }
  }

  @Override
  public List<String> associationsUsing(Read read, String document) {
    return Associations.using(read, document).stream()
        .map(row -> row.name().isEmpty() ? row.id().value() : row.name())
        .toList();
  }

  /**
   * An instance whose newest change or enter expired before it could start gets one more, now that
   * it is back.
   */
  public void connected(Write write, InstanceId instance) {
    for (Membership membership : Memberships.of(write.read(), instance)) {
      Associations.Association row =
          Associations.find(write.read(), membership.association()).orElseThrow();
      Association content = content(write.read(), row);
      List<Membership> own = Memberships.between(write.read(), instance, row.id());
      Optional<Executions.Execution> newest =
          Executions.made(write.read(), row.id(), Instant.EPOCH).stream()
              .filter(
                  e ->
                      e.trigger() instanceof Trigger.Change || e.trigger() instanceof Trigger.Enter)
              .filter(
                  e ->
                      dev.holdfast.coordinator.execution.Addressees.addresses(
                          e, own, row.effectiveFrom()))
              .findFirst();
      boolean expiredUnstarted =
          newest
              .filter(e -> e.notAfter().isBefore(write.now()))
              .filter(
                  e ->
                      dev.holdfast.coordinator.store.Runs.find(
                              write.read(), Identity.runId(instance, row.id(), e.trigger()))
                          .isEmpty())
              .isPresent();
      if (expiredUnstarted && startsByItself(content)) {
        write.append("InstanceReturned", List.of(instance.value(), row.id().value()), Map.of());
        Memberships.leave(write, instance, row.id());
        Memberships.enter(write, instance, row.id());
        enter(write, row, 1);
      }
    }
  }

  private void resolveAgain(Write write, Associations.Association row, String cause) {
    Association content = content(write.read(), row);
    Optional<Sha256> before = row.revision();
    Associations.Association after = settle(write, row, content);
    if (!before.equals(after.revision()) && startsByItself(content)) {
      change(write, after, cause);
    }
  }

  /** Resolves the revision in force and writes the row with it. */
  private static Associations.Association settle(
      Write write, Associations.Association row, Association content) {
    Optional<Assignment> assignment = Revisions.resolve(write.read(), row, content);
    Optional<Sha256> revision =
        assignment.map(resolved -> Bodies.add(write, AssignmentCodec.toBytes(resolved)));
    Associations.Association settled =
        new Associations.Association(
            row.id(),
            row.name(),
            row.version(),
            row.documentName(),
            row.created(),
            row.updated(),
            row.deleted(),
            revision,
            row.effectiveFrom(),
            row.anchor());
    Associations.put(write, settled);
    assignment.ifPresent(
        resolved ->
            Associations.addRevision(
                write,
                row.id(),
                new Associations.Revision(
                    revision.orElseThrow(),
                    row.version(),
                    resolved.documentVersion(),
                    write.position())));
    return settled;
  }

  private static boolean executesOtherwise(
      Read read,
      Associations.Association old,
      Association before,
      Associations.Association row,
      Association after) {
    Optional<Assignment> was = Revisions.resolve(read, old, before);
    Optional<Assignment> is = Revisions.resolve(read, row, after);
    return was.isEmpty() != is.isEmpty()
        || (was.isPresent()
            && (!was.get().documentName().equals(is.get().documentName())
                || !was.get().document().equals(is.get().document())
                || !was.get().parameters().equals(is.get().parameters())
                || was.get().audit() != is.get().audit()));
  }

  private static void inForce(Write write, Associations.Association row, Association content) {
    Associations.addInForce(
        write,
        row.id(),
        new Associations.InForce(
            write.now(),
            Revisions.enabled(content) ? content.getScheduleExpression() : "",
            content.getScheduleTimezone(),
            content.getScheduleOffset(),
            row.anchor()));
  }

  private static NavigableSet<InstanceId> members(Write write, Association content) {
    return TargetMatcher.matching(
        content.getTargetsList(), new TreeMap<>(Instances.allTags(write.read())));
  }

  /** Makes the wanted ones members and lets the others go; those that came. */
  private static Set<InstanceId> remember(Write write, AssociationId id, Set<InstanceId> wanted) {
    Set<InstanceId> now = new TreeSet<>();
    Memberships.members(write.read(), id).forEach(m -> now.add(m.instance()));
    Set<InstanceId> came = new TreeSet<>(wanted);
    came.removeAll(now);
    came.forEach(instance -> Memberships.enter(write, instance, id));
    now.stream()
        .filter(instance -> !wanted.contains(instance))
        .forEach(instance -> Memberships.leave(write, instance, id));
    return came;
  }

  private static boolean startsByItself(Association content) {
    return Revisions.enabled(content) && !content.getApplyOnlyAtCronInterval();
  }

  private void guard(Association content, int instances, int acknowledged) {
    if (instances > guardInstances
        && content.getScheduleSplaySeconds() == 0
        && acknowledged < instances) {
      throw new Refusal(
          "BlastRadius",
          "this would run on "
              + instances
              + " instances at once; set acknowledge_targets to at least "
              + instances
              + ", or a splay",
          List.of(
              new Refusal.Finding(
                  "acknowledge_targets", "is " + acknowledged + "; " + instances + " is needed")));
    }
  }

  private static void change(Write write, Associations.Association row, String cause) {
    long position =
        write.append("ExecutionStarted", List.of(row.id().value()), Map.of("cause", cause));
    add(
        write,
        row,
        new Trigger.Change(write.epoch(), position),
        cause,
        position,
        Set.of(),
        write.now().plus(WAITS),
        Memberships.members(write.read(), row.id()).size());
  }

  private static void enter(Write write, Associations.Association row, int targets) {
    add(
        write,
        row,
        new Trigger.Enter(write.epoch(), write.position()),
        "came into the targets",
        write.position(),
        Set.of(),
        write.now().plus(WAITS),
        targets);
  }

  private static String add(
      Write write,
      Associations.Association row,
      Trigger trigger,
      String cause,
      long position,
      Set<String> instances,
      Instant notAfter,
      int targets) {
    String id = Identity.executionId(row.id(), trigger);
    Executions.add(
        write,
        new Executions.Execution(
            id,
            row.id(),
            row.version(),
            trigger,
            cause,
            write.now(),
            position,
            row.revision().map(Sha256::hex).orElse(""),
            instances,
            notAfter,
            targets,
            write.now(),
            Optional.empty(),
            false,
            Optional.empty()));
    return id;
  }
}
