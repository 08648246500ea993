package dev.holdfast.coordinator.association;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.DocumentForm;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.targeting.TargetMatcher;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Problem;
import dev.holdfast.schedule.Schedule;
import dev.holdfast.schedule.ScheduleReader;
import dev.holdfast.schedule.ScheduleReading;
import dev.holdfast.schedule.Splay;
import dev.holdfast.wire.ValueCodec;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.OfflinePolicy;
import dev.holdfast.wire.v1.OnInterrupt;
import dev.holdfast.wire.v1.SyncCompliance;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.Warning;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks an association as somebody wrote it: everything that is wrong, at once. */
final class AssociationCheck {
  static final int MAX_TARGETS = 5;
  static final int MAX_TARGET_VALUES = 50;
  static final int MAX_OFFSET_DAYS = 6;

  /** How many ticks ahead the smallest gap is looked for. */
  static final int TICKS_AHEAD = 100;

  private final Read read;
  private final Instant now;
  private final Findings findings = new Findings();
  private final List<Warning> warnings = new ArrayList<>();
  private String reason = "";

  private AssociationCheck(Read read, Instant now) {
    this.read = read;
    this.now = now;
  }

  /** Refuses it, or gives what is worth knowing all the same. */
  static List<Warning> check(Read read, Association association, Instant now) {
    AssociationCheck check = new AssociationCheck(read, now);
    check.document(association);
    check.names(association);
    check.targets(association);
    check.schedule(association);
    check.notYet(association);
    check.findings.refuse(check.reason);
    return check.warnings;
  }

  /** The zone of a schedule; empty means UTC. */
  static ZoneId zone(String name) {
    return name.isEmpty() ? ZoneId.of("UTC") : ZoneId.of(name);
  }

  private void find(String error, String field, String description) {
    if (reason.isEmpty()) {
      reason = error;
    }
    findings.add(field, description);
  }

  private void document(Association association) {
    Optional<Documents.Name> document = Documents.find(read, association.getName());
    if (document.isEmpty()) {
      throw new Refusal(
          "InvalidDocument",
          "there is no document '" + Findings.printable(association.getName()) + "'",
          List.of(new Refusal.Finding("association.name", "names no document")));
    }
    if (!DocumentForm.isSelector(association.getDocumentVersion())) {
      find(
          "InvalidDocumentVersion",
          "association.document_version",
          "'"
              + Findings.printable(association.getDocumentVersion())
              + "'; allowed are $DEFAULT, $LATEST and a number");
      return;
    }
    Optional<Documents.Version> version =
        DocumentForm.select(read, document.get(), association.getDocumentVersion());
    if (version.isEmpty()) {
      find(
          "InvalidDocumentVersion",
          "association.document_version",
          "the document has no version '" + association.getDocumentVersion() + "'");
      return;
    }
    Revisions.document(read, version.get())
        .ifPresent(
            parsed -> {
              ParameterRules.Check check =
                  ParameterRules.check(
                      parsed,
                      Revisions.resolved(read, ValueCodec.fromProto(association.getParameters())));
              check.errors().forEach(e -> find("InvalidParameters", "association.parameters", e));
              check
                  .missing()
                  .forEach(
                      name ->
                          find(
                              "InvalidParameters",
                              "association.parameters",
                              "'" + name + "' is required and has no value"));
              boolean auditable =
                  parsed.steps().stream()
                      .anyMatch(
                          s ->
                              s.action().equals(Plugins.SOFTWARE_INVENTORY)
                                  || s.action().startsWith("state:"));
              if (association.getMode() == AssociationMode.ASSOCIATION_MODE_AUDIT && !auditable) {
                find("InvalidParameters", "association.mode", "the document has nothing to audit");
              }
            });
  }

  private void names(Association association) {
    if (!association.getAssociationName().isEmpty()) {
      int before = findings.none() ? 0 : 1;
      findings.name("association.association_name", association.getAssociationName());
      if (before == 0 && !findings.none() && reason.isEmpty()) {
        reason = "InvalidParameters";
      }
    }
    if (reason.isEmpty()) {
      findings.tags("association.tags", association.getTagsMap());
      if (!findings.none()) {
        reason = "InvalidParameters";
      }
    }
  }

  private void targets(Association association) {
    if (association.getTargetsCount() > MAX_TARGETS) {
      find(
          "InvalidTarget",
          "association.targets",
          association.getTargetsCount() + " targets; at most " + MAX_TARGETS + " are allowed");
    }
    if (association.getTargetsCount() == 0) {
      warnings.add(
          Warning.newBuilder()
              .setCode("NoTargets")
              .setMessage("without targets it applies to nobody")
              .setField("association.targets")
              .build());
    }
    for (int i = 0; i < association.getTargetsCount(); i++) {
      target(association.getTargets(i), "association.targets[" + i + "]");
    }
  }

  private void target(Target target, String path) {
    boolean ids = TargetMatcher.isInstanceIds(target.getKey());
    boolean tag =
        target.getKey().startsWith(TargetMatcher.TAG)
            && target.getKey().length() > TargetMatcher.TAG.length();
    if (!ids && !tag) {
      find(
          "InvalidTarget",
          path + ".key",
          "'" + Findings.printable(target.getKey()) + "'; allowed are InstanceIds and tag:KEY");
    }
    if (target.getValuesCount() > MAX_TARGET_VALUES) {
      find(
          "InvalidTarget",
          path + ".values",
          target.getValuesCount() + " values; at most " + MAX_TARGET_VALUES + " are allowed");
    }
    if (ids) {
      boolean every = target.getValuesList().contains(TargetMatcher.EVERY);
      if (every && target.getValuesCount() > 1) {
        find("InvalidTarget", path + ".values", "'*' stands for all and must be alone");
      }
      for (String value : target.getValuesList()) {
        if (!every && !InstanceId.isValid(value)) {
          find(
              "InvalidTarget",
              path + ".values",
              "'" + Findings.printable(value) + "' is no instance id");
        }
      }
    }
  }

  private void schedule(Association association) {
    String expression = association.getScheduleExpression();
    ZoneId zone;
    try {
      zone = zone(association.getScheduleTimezone());
    } catch (DateTimeException e) {
      find(
          "InvalidSchedule",
          "association.schedule_timezone",
          "'"
              + Findings.printable(association.getScheduleTimezone())
              + "' is no IANA time zone, like Europe/Berlin");
      return;
    }
    int offset = association.getScheduleOffset();
    if (offset < 0 || offset > MAX_OFFSET_DAYS) {
      find(
          "InvalidSchedule",
          "association.schedule_offset",
          "is " + offset + "; allowed are 0 to " + MAX_OFFSET_DAYS);
      return;
    }
    int splay = association.getScheduleSplaySeconds();
    if (splay < 0 || splay > Splay.MAX_SECONDS) {
      find(
          "InvalidSchedule",
          "association.schedule_splay_seconds",
          "is " + splay + "; allowed are 0 to " + Splay.MAX_SECONDS);
    }
    if (expression.isEmpty()) {
      if (association.getApplyOnlyAtCronInterval()) {
        find("InvalidSchedule", "association.apply_only_at_cron_interval", "needs a schedule");
      }
      return;
    }
    ScheduleReading reading = ScheduleReader.read(expression, zone, offset);
    for (Problem error : reading.errors()) {
      find("InvalidSchedule", "association.schedule_expression", error.text());
    }
    reading.schedule().ifPresent(schedule -> ticks(schedule, offset, splay));
  }

  private void ticks(Schedule schedule, int offset, int splay) {
    if (offset > 0 && !(schedule instanceof Schedule.Cron)) {
      find("InvalidSchedule", "association.schedule_offset", "needs a cron expression");
    }
    Optional<Instant> tick = schedule.next(now, now);
    if (tick.isEmpty()) {
      find("InvalidSchedule", "association.schedule_expression", "never fires again");
      return;
    }
    for (int i = 0; i < TICKS_AHEAD && splay > 0; i++) {
      Optional<Instant> following = schedule.next(tick.get(), now);
      if (following.isEmpty()) {
        return;
      }
      if (Duration.between(tick.get(), following.get()).toSeconds() <= splay) {
        find(
            "InvalidSchedule",
            "association.schedule_splay_seconds",
            "is "
                + splay
                + "; it must be below the smallest gap of the schedule, "
                + Duration.between(tick.get(), following.get()).toSeconds()
                + " s");
        return;
      }
      tick = following;
    }
  }

  /** What this version would have to ignore is refused instead. */
  private void notYet(Association association) {
    refuseIf(!association.getMaxConcurrency().isEmpty(), "max_concurrency");
    refuseIf(!association.getMaxErrors().isEmpty(), "max_errors");
    refuseIf(association.getCalendarNamesCount() > 0, "calendar_names");
    refuseIf(association.getDurationHours() != 0, "duration_hours");
    refuseIf(association.getOfflinePolicy() == OfflinePolicy.OFFLINE_POLICY_RUN, "offline_policy");
    refuseIf(association.getOfflinePolicy() == OfflinePolicy.UNRECOGNIZED, "offline_policy");
    refuseIf(association.getMode() == AssociationMode.UNRECOGNIZED, "mode");
    refuseIf(association.getOnInterrupt() == OnInterrupt.UNRECOGNIZED, "on_interrupt");
    refuseIf(association.getSyncCompliance() == SyncCompliance.UNRECOGNIZED, "sync_compliance");
    if (!association.getOutputLocation().isEmpty()) {
      warnings.add(
          Warning.newBuilder()
              .setCode("OutputLocationNotSupported")
              .setMessage("output is kept by the coordinator; the location is stored and not used")
              .setField("association.output_location")
              .build());
    }
  }

  private void refuseIf(boolean given, String field) {
    if (given) {
      find("InvalidParameters", "association." + field, "is not supported yet");
    }
  }
}
