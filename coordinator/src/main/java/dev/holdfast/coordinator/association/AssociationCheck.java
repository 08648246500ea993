package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.CalendarDocuments;
import dev.holdfast.coordinator.admin.DocumentForm;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.InstanceGroups;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.targeting.Target;
import dev.holdfast.coordinator.targeting.TargetKeys;
import dev.holdfast.document.Document;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.SecretReferences;
import dev.holdfast.document.Substitution;
import dev.holdfast.document.Value;
import dev.holdfast.permit.RateLimits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.wire.ValueCodec;
import dev.holdfast.wire.WireException;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.OfflinePolicy;
import dev.holdfast.wire.v1.OnInterrupt;
import dev.holdfast.wire.v1.SyncCompliance;
import dev.holdfast.wire.v1.Warning;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Checks an association as somebody wrote it, in its stored form: everything that is wrong, at
 * once. The first finding names the error.
 */
final class AssociationCheck {
  /** Characters of an output location. */
  static final int MAX_LOCATION = 1_024;

  private static final String NO_PARAMETERS = "InvalidParameters";

  private final Read read;
  private final Association association;
  private final Findings findings = new Findings();
  private final List<Warning> warnings = new ArrayList<>();
  private String reason = "";

  private AssociationCheck(Read read, Association association) {
    this.read = read;
    this.association = association;
  }

  /**
   * Refuses it, or gives what is worth knowing all the same.
   *
   * @param before the version that it would replace; empty if it is new
   * @param id that it has or would have: no other may have its name
   */
  static List<Warning> check(
      Read read,
      AssociationId id,
      Optional<Association> before,
      Association association,
      Instant now) {
    AssociationCheck check = new AssociationCheck(read, association);
    check.document();
    check.name(id);
    check.texts();
    check.targets();
    boolean rescheduled = before.filter(old -> sameSchedule(old, association)).isEmpty();
    ScheduleCheck.check(
        association,
        now,
        rescheduled,
        (field, description) -> check.find("InvalidSchedule", field, description));
    check.window();
    check.limits();
    check.words();
    check.output();
    check.findings.refuse(check.reason);
    return check.warnings;
  }

  /** Whether two have the same ticks, if they were set at the same moment. */
  static boolean sameSchedule(Association one, Association other) {
    return one.getScheduleExpression().equals(other.getScheduleExpression())
        && one.getScheduleTimezone().equals(other.getScheduleTimezone())
        && one.getScheduleOffset() == other.getScheduleOffset();
  }

  private void find(String error, String field, String description) {
    if (reason.isEmpty()) {
      reason = error;
    }
    findings.add("association." + field, description);
  }

  private void warn(String code, String field, String message) {
    warnings.add(
        Warning.newBuilder()
            .setCode(code)
            .setMessage(message)
            .setField("association." + field)
            .build());
  }

  private void document() {
    String name = association.getName();
    String selector = association.getDocumentVersion();
    Optional<Documents.Name> document = Documents.find(read, name);
    if (document.isEmpty()) {
      find(
          "InvalidDocument",
          "name",
          name.isEmpty()
              ? "names no document"
              : "there is no document '" + Findings.printable(name) + "'");
    }
    if (document.filter(CalendarDocuments::isCalendar).isPresent()) {
      find(
          "InvalidDocumentType",
          "name",
          "'" + Findings.printable(name) + "' is a change calendar; name it in calendar_names");
      return;
    }
    if (!DocumentForm.isSelector(selector)) {
      find(
          "InvalidDocumentVersion",
          "document_version",
          "'" + Findings.printable(selector) + "'; allowed are $DEFAULT, $LATEST and a number");
      return;
    }
    if (document.isPresent()) {
      Optional<Documents.Version> version = DocumentForm.select(read, document.get(), selector);
      if (version.isEmpty()) {
        find(
            "InvalidDocumentVersion",
            "document_version",
            "the document has no version '" + selector + "'");
      }
      version
          .flatMap(found -> Revisions.document(read, found))
          .ifPresent(content -> content(version.get(), content));
    }
  }

  private void content(Documents.Version version, Document document) {
    try {
      Map<String, Value> given = ValueCodec.fromProto(association.getParameters());
      References references = References.of(read, Optional.of(document), given);
      parameters(document, given, references);
      children(version, references.values());
    } catch (WireException e) {
      find(NO_PARAMETERS, "parameters", String.valueOf(e.getMessage()));
    }
    boolean auditable =
        document.steps().stream()
            .anyMatch(
                step ->
                    step.action().equals(Plugins.SOFTWARE_INVENTORY)
                        || step.action().startsWith("state:"));
    if (association.getMode() == AssociationMode.ASSOCIATION_MODE_AUDIT && !auditable) {
      find(NO_PARAMETERS, "mode", "the document has nothing to audit");
    }
  }

  private void children(Documents.Version version, Map<String, Value> given) {
    Children.Found found = Children.of(read, version, given);
    found.problems().forEach(problem -> find(problem.reason(), "name", problem.message()));
    found.open().forEach(note -> warn("ChildDocumentUnknown", "name", note));
  }

  private void parameters(Document document, Map<String, Value> given, References references) {
    given.keySet().stream()
        .filter(name -> name.startsWith(Substitution.STORED))
        .forEach(
            name -> find(NO_PARAMETERS, "parameters", "'" + name + "' is no parameter's name"));
    references.errors().forEach(error -> find(NO_PARAMETERS, "parameters", error));
    ParameterRules.Check check = ParameterRules.check(document, references.values());
    check.errors().forEach(error -> find(NO_PARAMETERS, "parameters", error));
    check
        .missing()
        .forEach(
            name ->
                find(NO_PARAMETERS, "parameters", "'" + name + "' is required and has no value"));
    SecretReferences.Found secrets = SecretReferences.in(document, check.values());
    secrets.misplaced().forEach(error -> find(NO_PARAMETERS, "parameters", error));
    secrets.names().stream()
        .sorted()
        .map(reference -> References.secretError(read, reference))
        .filter(error -> !error.isEmpty())
        .forEach(error -> find(NO_PARAMETERS, "parameters", error));
  }

  private void name(AssociationId id) {
    String name = association.getAssociationName();
    if (name.isEmpty()) {
      return;
    }
    take(own -> own.name("association.association_name", name));
    if (AssociationId.isValid(name)) {
      find(NO_PARAMETERS, "association_name", "has the form of an id; call it otherwise");
    }
    Associations.named(read, name)
        .filter(other -> !other.id().equals(id))
        .ifPresent(
            other ->
                find(
                    "AssociationAlreadyExists",
                    "association_name",
                    "the association " + other.id() + " is called '" + name + "' already"));
  }

  private void texts() {
    take(own -> own.tags("association.tags", association.getTagsMap()));
    take(
        own ->
            own.text("association.output_location", association.getOutputLocation(), MAX_LOCATION));
  }

  /** Takes over what a general rule finds. */
  private void take(java.util.function.Consumer<Findings> rule) {
    Findings own = new Findings();
    rule.accept(own);
    if (!own.none() && reason.isEmpty()) {
      reason = NO_PARAMETERS;
    }
    findings.addAll(own);
  }

  private void targets() {
    if (!association.getInstanceId().isEmpty()) {
      find("InvalidTarget", "instance_id", "stands for a target; give one of the two");
    }
    List<Target> targets = AssociationForm.targets(association);
    TargetCheck.check(
        targets,
        group -> InstanceGroups.find(read, group).isPresent(),
        (field, description) -> find("InvalidTarget", field, description));
    if (targets.isEmpty()) {
      warn("NoTargets", "targets", "without targets it applies to nobody");
    }
    for (int i = 0; i < targets.size(); i++) {
      String path = "targets[" + i + "].values";
      if (targets.get(i).values().isEmpty()) {
        warn("NoTargets", path, "a target without values names nobody");
      }
      if (TargetKeys.isInstanceIds(targets.get(i).key())) {
        targets.get(i).values().stream()
            .filter(InstanceId::isValid)
            .filter(value -> !registered(value))
            .forEach(value -> warn("InstanceNotFound", path, "there is no instance " + value));
      }
    }
  }

  private boolean registered(String instance) {
    if (!read.sees(new InstanceId(instance))) {
      return false;
    }
    return Instances.find(read, new InstanceId(instance))
        .filter(row -> row.state() == InstanceState.ACTIVE)
        .isPresent();
  }

  /** Its calendars, and how long an execution lasts (spec.md section 3.8). */
  private void window() {
    Calendars.of(read, association)
        .problems()
        .forEach(problem -> find(problem.reason(), problem.field(), problem.message()));
    int hours = association.getDurationHours();
    if (hours < 0 || hours > RunLimits.MAX_DURATION_HOURS) {
      find(
          NO_PARAMETERS,
          "duration_hours",
          "is " + hours + "; allowed are 1 to " + RunLimits.MAX_DURATION_HOURS + ", or 0 for none");
    }
  }

  private void limits() {
    limit(
        "max_concurrency",
        association.getMaxConcurrency(),
        RateLimits.CONCURRENCY,
        "allowed are a number from 1 and 1% to 100%");
    limit(
        "max_errors",
        association.getMaxErrors(),
        RateLimits.ERRORS,
        "allowed are a number from 0 and 0% to 100%");
  }

  private void limit(String field, String value, Pattern form, String allowed) {
    if (value.isEmpty()) {
      return;
    }
    if (value.length() > RateLimits.MAX_CHARS || !form.matcher(value).matches()) {
      find(
          NO_PARAMETERS,
          field,
          "'"
              + Findings.printable(value)
              + "'; "
              + allowed
              + ", of at most "
              + RateLimits.MAX_CHARS
              + " characters");
    }
  }

  /** Words of closed lists that this version does not know are refused, not ignored. */
  private void words() {
    refuseIf(association.getOfflinePolicy() == OfflinePolicy.UNRECOGNIZED, "offline_policy");
    refuseIf(association.getMode() == AssociationMode.UNRECOGNIZED, "mode");
    refuseIf(association.getOnInterrupt() == OnInterrupt.UNRECOGNIZED, "on_interrupt");
    refuseIf(association.getSyncCompliance() == SyncCompliance.UNRECOGNIZED, "sync_compliance");
    refuseIf(
        association.getComplianceSeverity() == ComplianceSeverity.UNRECOGNIZED,
        "compliance_severity");
  }

  private void output() {
    if (!association.getOutputLocation().isEmpty()) {
      warn(
          "OutputLocationNotSupported",
          "output_location",
          "output is kept by the coordinator; the location is stored and not used");
    }
  }

  private void refuseIf(boolean unknown, String field) {
    if (unknown) {
      find(NO_PARAMETERS, field, "is none of the values that are known");
    }
  }
}
