package dev.holdfast.coordinator.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.SyncCompliance;
import dev.holdfast.wire.v1.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * An association of AWS (spec.md 3.1, 3.2): each field is taken, dropped with the reason, or keeps
 * it from being imported, since it would then do something else than it did there.
 */
final class AwsAssociation {
  /** What AWS tells of its own copy. */
  private static final Set<String> OF_AWS =
      Set.of(
          "associationid",
          "associationversion",
          "date",
          "lastupdateassociationdate",
          "status",
          "overview",
          "lastexecutiondate",
          "lastsuccessfulexecutiondate",
          "triggeredalarms");

  private static final Map<String, String> DROPPED =
      Map.of(
          "alarmconfiguration", "there are no alarms here; nothing stops it by one",
          "associationdispatchassumerole", "there are no AWS roles here",
          "waitforsuccesstimeoutseconds", "'holdfast wait association' waits for an end",
          "dependson", "is of the tool that wrote the file",
          "lifecycle", "is of the tool that wrote the file",
          "provider", "is of the tool that wrote the file",
          "region", "is of the tool that wrote the file");

  private static final Map<String, String> REFUSED =
      Map.of(
          "automationtargetparametername",
              "its document is an Automation runbook; only Command documents run here",
          "targetmaps", "is of Automation runbooks; only Command documents run here",
          "targetlocations", "is of Automation runbooks; only Command documents run here",
          "count", "the file is a template; render it first",
          "foreach", "the file is a template; render it first",
          "dynamic", "the file is a template; render it first");

  private final Association.Builder form = Association.newBuilder();
  private final List<String> dropped = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  private AwsAssociation() {}

  static AwsFile read(Map<String, AwsField> fields) {
    AwsAssociation association = new AwsAssociation();
    fields.forEach(association::take);
    if (!fields.containsKey("name")) {
      association.refused.add("Name: is missing; an association needs a document");
    }
    if (association.form.getTargetsCount() > 0) {
      association.form.clearInstanceId(); // AWS tells both, and they say the same
    }
    return new AwsFile(
        association.refused.isEmpty()
            ? Optional.of(new AwsFile.Asked.AnAssociation(association.form.build()))
            : Optional.empty(),
        association.dropped,
        association.refused);
  }

  private void take(String plain, AwsField field) {
    if (field.isNull()) {
      return; // says nothing
    }
    switch (plain) {
      case "name" -> text(field, name -> form.setName(documentName(name)));
      case "documentversion" -> text(field, form::setDocumentVersion);
      case "instanceid" -> text(field, form::setInstanceId);
      case "parameters" -> parameters(field);
      case "targets" -> targets(field);
      case "scheduleexpression" -> text(field, form::setScheduleExpression);
      case "scheduleoffset" -> number(field, form::setScheduleOffset);
      case "associationname" -> text(field, form::setAssociationName);
      case "maxconcurrency" -> text(field, form::setMaxConcurrency);
      case "maxerrors" -> text(field, form::setMaxErrors);
      case "complianceseverity" -> severity(field);
      case "synccompliance" -> sync(field);
      case "applyonlyatcroninterval" ->
          field
              .truth()
              .ifPresentOrElse(
                  form::setApplyOnlyAtCronInterval,
                  () -> wrong(field, "is neither true nor false"));
      case "calendarnames" ->
          field
              .texts()
              .ifPresentOrElse(
                  names -> names.forEach(name -> form.addCalendarNames(documentName(name))),
                  () -> wrong(field, "is no list of names"));
      case "duration" -> number(field, form::setDurationHours);
      case "outputlocation" -> output(field);
      case "tags" -> tags(field, form::putTags, refused);
      default -> other(plain, field);
    }
  }

  private void other(String plain, AwsField field) {
    String why = REFUSED.get(plain);
    if (why != null) {
      wrong(field, why);
    } else if (OF_AWS.contains(plain)) {
      dropped.add(field.key() + ": is of AWS's own copy");
    } else {
      dropped.add(field.key() + ": " + DROPPED.getOrDefault(plain, "is not known"));
    }
  }

  private void wrong(AwsField field, String why) {
    refused.add(field.key() + ": " + why);
  }

  private void text(AwsField field, Consumer<String> set) {
    field.text().ifPresentOrElse(set, () -> wrong(field, "is no text"));
  }

  private void number(AwsField field, Consumer<Integer> set) {
    field.number().ifPresentOrElse(set, () -> wrong(field, "is no whole number"));
  }

  /** As they are: the coordinator reads them as it reads those of every request. */
  private void parameters(AwsField field) {
    if (field.fields().isEmpty()) {
      wrong(field, "is no object of names and values");
      return;
    }
    try {
      Struct.Builder parameters = Struct.newBuilder();
      JsonFormat.parser().merge(field.value().toString(), parameters);
      form.setParameters(parameters);
    } catch (InvalidProtocolBufferException e) {
      wrong(field, "can't be read: " + e.getMessage());
    }
  }

  private void targets(AwsField field) {
    Optional<List<Map<String, AwsField>>> targets = field.objects();
    if (targets.isEmpty()) {
      wrong(field, "is no list of objects with Key and Values");
      return;
    }
    for (Map<String, AwsField> target : targets.get()) {
      Optional<String> key = Optional.ofNullable(target.get("key")).flatMap(AwsField::text);
      Optional<List<String>> values =
          Optional.ofNullable(target.get("values")).flatMap(AwsField::texts);
      if (key.isEmpty() || values.isEmpty()) {
        wrong(field, "has a target without Key or Values");
      } else if (key.get().equals("ParameterValues") || key.get().equals("AWS::EC2::Instance")) {
        wrong(field, key.get() + " is of Automation runbooks; only Command documents run here");
      } else {
        form.addTargets(Target.newBuilder().setKey(key.get()).addAllValues(values.get()));
      }
    }
  }

  private void severity(AwsField field) {
    try {
      form.setComplianceSeverity(
          ComplianceSeverity.valueOf(
              "COMPLIANCE_SEVERITY_" + field.text().orElse("").toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      wrong(field, "allowed are CRITICAL, HIGH, MEDIUM, LOW and UNSPECIFIED");
    }
  }

  private void sync(AwsField field) {
    switch (field.text().orElse("")) {
      case "AUTO" -> form.setSyncCompliance(SyncCompliance.SYNC_COMPLIANCE_AUTO);
      case "MANUAL" -> form.setSyncCompliance(SyncCompliance.SYNC_COMPLIANCE_MANUAL);
      default -> wrong(field, "allowed are AUTO and MANUAL");
    }
  }

  /** As one text; the coordinator keeps it, and says that it does not use it. */
  private void output(AwsField field) {
    Optional<Map<String, AwsField>> location =
        field
            .objects()
            .filter(objects -> objects.size() == 1)
            .map(List::getFirst)
            .map(
                outer ->
                    Optional.ofNullable(outer.get("s3location"))
                        .flatMap(AwsField::fields)
                        .orElse(outer));
    Optional<String> bucket = location.flatMap(fields -> named(fields, "bucketname"));
    if (bucket.isEmpty()) {
      dropped.add(field.key() + ": names no bucket");
      return;
    }
    String prefix = location.flatMap(fields -> named(fields, "keyprefix")).orElse("");
    form.setOutputLocation("s3://" + bucket.get() + (prefix.isEmpty() ? "" : "/" + prefix));
  }

  /** {@code OutputS3BucketName} of AWS, {@code s3_bucket_name} of Terraform. */
  private static Optional<String> named(Map<String, AwsField> fields, String end) {
    return fields.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith(end))
        .findFirst()
        .flatMap(entry -> entry.getValue().text());
  }

  /** A document's own name: AWS takes its ARN as well. */
  static String documentName(String name) {
    return name.startsWith("arn:") ? name.substring(name.lastIndexOf('/') + 1) : name;
  }

  /** A list of Key and Value, or an object. */
  static void tags(AwsField field, BiConsumer<String, String> put, List<String> refused) {
    if (field.value().isJsonArray()) {
      for (Map<String, AwsField> tag : field.objects().orElse(List.of())) {
        Optional<String> key = Optional.ofNullable(tag.get("key")).flatMap(AwsField::text);
        Optional<String> value = Optional.ofNullable(tag.get("value")).flatMap(AwsField::text);
        if (key.isEmpty() || value.isEmpty()) {
          refused.add(field.key() + ": has a tag without Key or Value");
          return;
        }
        put.accept(key.get(), value.get());
      }
      return;
    }
    if (!field.value().isJsonObject()) {
      refused.add(field.key() + ": is neither a list of Key and Value nor an object");
      return;
    }
    field
        .value()
        .getAsJsonObject()
        .entrySet()
        .forEach(
            tag ->
                new AwsField(tag.getKey(), tag.getValue())
                    .text()
                    .ifPresentOrElse(
                        value -> put.accept(tag.getKey(), value),
                        () -> refused.add(field.key() + ": " + tag.getKey() + " is no text")));
  }
}
