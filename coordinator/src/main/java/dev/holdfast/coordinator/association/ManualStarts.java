package dev.holdfast.coordinator.association;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.execution.Openings;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceResponse;
import dev.holdfast.wire.v1.Warning;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Starts associations by hand: all that a request names, or none. */
final class ManualStarts {
  private final Calls calls;

  ManualStarts(Calls calls) {
    this.calls = calls;
  }

  /**
   * Starts them under one request id, new each time: whoever asks twice by the same client token is
   * answered by the calls.
   */
  Calls.Done<StartAssociationsOnceResponse> start(
      Write write, StartAssociationsOnceRequest request) {
    Instant notAfter = check(write, request);
    List<Associations.Association> rows = associations(write, request);
    Set<String> instances = new TreeSet<>(request.getInstanceIdsList());
    members(write, rows, instances);
    open(write, rows, request);
    StartAssociationsOnceResponse.Builder response = StartAssociationsOnceResponse.newBuilder();
    List<String> resources = new ArrayList<>();
    String requestId = calls.newId();
    for (Associations.Association row : rows) {
      String id =
          Starts.manual(
              write,
              row,
              requestId,
              instances,
              request.getIgnoreCalendars(),
              notAfter,
              Caller.person().name());
      response.addExecutionIds(id);
      resources.add(row.id().value());
      resources.add(id);
      if (Memberships.count(write.read(), row.id()) == 0) {
        response.addWarnings(
            Warning.newBuilder()
                .setCode("NoTargets")
                .setMessage("the association applies to no instance now: nothing will run")
                .setField("association_ids"));
      }
    }
    return new Calls.Done<>(response.build(), resources);
  }

  private static Instant check(Write write, StartAssociationsOnceRequest request) {
    Findings findings = new Findings();
    int count = request.getAssociationIdsCount();
    if (count == 0 || count > Limits.MAX_STARTS) {
      findings.add(
          "association_ids", "has " + count + " items; 1 to " + Limits.MAX_STARTS + " are allowed");
    }
    if (request.getInstanceIdsCount() > Limits.MAX_NAMED_INSTANCES) {
      findings.add(
          "instance_ids",
          "has "
              + request.getInstanceIdsCount()
              + " items; at most "
              + Limits.MAX_NAMED_INSTANCES
              + " are allowed");
    }
    Instant notAfter = write.now().plus(RunLimits.MANUAL_WAITS);
    if (request.hasExpires()) {
      notAfter = Times.fromProto(request.getExpires());
      if (!notAfter.isAfter(write.now())
          || notAfter.isAfter(write.now().plus(RunLimits.CATCH_UP))) {
        findings.add(
            "expires",
            "is "
                + notAfter
                + "; it must lie in the future, and within "
                + RunLimits.CATCH_UP.toDays()
                + " days");
      }
    }
    findings.refuse("ValidationError");
    return notAfter;
  }

  private static List<Associations.Association> associations(
      Write write, StartAssociationsOnceRequest request) {
    List<Associations.Association> rows = new ArrayList<>();
    for (int i = 0; i < request.getAssociationIdsCount(); i++) {
      Associations.Association row =
          Descriptions.required(write.read(), request.getAssociationIds(i));
      String path = "association_ids[" + i + "]";
      if (rows.contains(row)) {
        throw new Refusal(
            "ValidationError",
            "the association " + row.id() + " is named twice",
            List.of(new Refusal.Finding(path, "is named twice")));
      }
      if (row.revision().isEmpty()) {
        throw new Refusal(
            "InvalidDocument",
            "the association "
                + row.id()
                + " can't run: "
                + Revisions.problem(write.read(), AssociationDesk.content(write.read(), row))
                    .orElse("its document is gone"),
            List.of(new Refusal.Finding(path, "it can't run")));
      }
      rows.add(row);
    }
    return rows;
  }

  /**
   * While a calendar of one is closed nothing is started, unless the request wants it all the same.
   */
  private static void open(
      Write write, List<Associations.Association> rows, StartAssociationsOnceRequest request) {
    if (request.getIgnoreCalendars()) {
      return;
    }
    Openings openings = new Openings(write.read());
    for (int i = 0; i < rows.size(); i++) {
      Associations.Association row = rows.get(i);
      Optional<String> closed =
          openings.closed(row.revision().map(Sha256::hex).orElse(""), write.now());
      if (closed.isPresent()) {
        throw new Refusal(
            "CalendarClosed",
            "the association "
                + row.id()
                + " may not start now: "
                + closed.get()
                + "; wait until it opens, or set ignore_calendars",
            List.of(new Refusal.Finding("association_ids[" + i + "]", closed.get())));
      }
    }
  }

  /** Each instance that is named has to be a member of each association. */
  private static void members(
      Write write, List<Associations.Association> rows, Set<String> instances) {
    Findings findings = new Findings();
    for (Associations.Association row : rows) {
      Set<String> members = new HashSet<>();
      if (!instances.isEmpty()) {
        Memberships.members(write.read(), row.id()).stream()
            .map(Membership::instance)
            .map(InstanceId::value)
            .forEach(members::add);
      }
      instances.stream()
          .filter(
              instance ->
                  !members.contains(instance) || !write.read().sees(new InstanceId(instance)))
          .forEach(
              instance ->
                  findings.add(
                      "instance_ids",
                      "'"
                          + Findings.printable(instance)
                          + "' is no member of the association "
                          + row.id()));
    }
    findings.refuse("InvalidInstanceId");
  }
}
