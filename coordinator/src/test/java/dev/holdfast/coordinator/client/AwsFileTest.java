package dev.holdfast.coordinator.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentFormat;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.SyncCompliance;
import dev.holdfast.wire.v1.Target;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What files of AWS's JSON mean here, and what of them is dropped or refused. */
final class AwsFileTest {
  private static final String DESCRIBED =
      """
      {"AssociationDescription": {
        "Name": "arn:aws:ssm:eu-central-1:123456789012:document/Patch",
        "InstanceId": "mi-0123456789abcdef0",
        "AssociationVersion": "3",
        "Date": 1550504725.057,
        "LastUpdateAssociationDate": "2021-06-29T11:51:07.933000-07:00",
        "Overview": {"Status": "Pending", "AssociationStatusAggregatedCount": {"Success": 1}},
        "DocumentVersion": "$LATEST",
        "Parameters": {"Operation": ["Scan"], "Reboot": ["NoReboot"]},
        "AssociationId": "8dfe3659-4309-493a-8755-0123456789ab",
        "Targets": [{"Key": "InstanceIds", "Values": ["mi-0123456789abcdef0"]}],
        "ScheduleExpression": "cron(0 2 ? * SUN *)",
        "ScheduleOffset": 2,
        "OutputLocation": {"S3Location": {"OutputS3Region": "eu-central-1",
          "OutputS3BucketName": "logs", "OutputS3KeyPrefix": "ssm"}},
        "AssociationName": "patch",
        "MaxErrors": "10%", "MaxConcurrency": "5",
        "ComplianceSeverity": "HIGH", "SyncCompliance": "AUTO",
        "ApplyOnlyAtCronInterval": true,
        "CalendarNames": ["arn:aws:ssm:eu-central-1:123456789012:document/Closed"],
        "Duration": 4,
        "AlarmConfiguration": {"Alarms": [{"Name": "cpu"}]},
        "TargetMaps": null
      }}
      """;

  private static Association described() throws Exception {
    Struct.Builder parameters = Struct.newBuilder();
    JsonFormat.parser()
        .merge("{\"Operation\": [\"Scan\"], \"Reboot\": [\"NoReboot\"]}", parameters);
    return Association.newBuilder()
        .setName("Patch")
        .setDocumentVersion("$LATEST")
        .setParameters(parameters)
        .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("mi-0123456789abcdef0"))
        .setScheduleExpression("cron(0 2 ? * SUN *)")
        .setScheduleOffset(2)
        .setOutputLocation("s3://logs/ssm")
        .setAssociationName("patch")
        .setMaxErrors("10%")
        .setMaxConcurrency("5")
        .setComplianceSeverity(ComplianceSeverity.COMPLIANCE_SEVERITY_HIGH)
        .setSyncCompliance(SyncCompliance.SYNC_COMPLIANCE_AUTO)
        .setApplyOnlyAtCronInterval(true)
        .addCalendarNames("Closed")
        .setDurationHours(4)
        .build();
  }

  @Test
  void aDescribedAssociationIsTakenAndWhatIsOfAwsAloneIsToldAsDropped() throws Exception {
    AwsFile file = AwsFile.read(DESCRIBED);

    assertEquals(Optional.of(new AwsFile.Asked.AnAssociation(described())), file.asked());
    assertEquals(List.of(), file.refused());
    assertEquals(
        List.of(
            "AlarmConfiguration: there are no alarms here; nothing stops it by one",
            "AssociationId: is of AWS's own copy",
            "AssociationVersion: is of AWS's own copy",
            "Date: is of AWS's own copy",
            "LastUpdateAssociationDate: is of AWS's own copy",
            "Overview: is of AWS's own copy"),
        file.dropped());
  }

  @Test
  void theSameIsTakenInTheSpellingsOfOtherTools() throws Exception {
    AwsFile terraform =
        AwsFile.read(
            """
            {"name": "Patch", "document_version": "$LATEST",
             "parameters": {"Operation": ["Scan"], "Reboot": ["NoReboot"]},
             "targets": {"key": "InstanceIds", "values": "mi-0123456789abcdef0"},
             "schedule_expression": "cron(0 2 ? * SUN *)", "schedule_offset": "2",
             "output_location": [{"s3_bucket_name": "logs", "s3_key_prefix": "ssm"}],
             "association_name": "patch", "max_errors": "10%", "max_concurrency": 5,
             "compliance_severity": "high", "sync_compliance": "AUTO",
             "apply_only_at_cron_interval": "true", "calendar_names": ["Closed"], "duration": 4,
             "depends_on": ["aws_instance.web"], "tags": {"Team": "shops"}}
            """);

    assertEquals(
        Optional.of(
            new AwsFile.Asked.AnAssociation(
                described().toBuilder().putTags("Team", "shops").build())),
        terraform.asked());
    assertEquals(List.of("depends_on: is of the tool that wrote the file"), terraform.dropped());
  }

  @Test
  void theLegacyInstanceIdAloneIsKept() {
    assertEquals(
        Optional.of(
            new AwsFile.Asked.AnAssociation(
                Association.newBuilder()
                    .setName("Patch")
                    .setInstanceId("mi-0123456789abcdef0")
                    .putTags("A", "1")
                    .build())),
        AwsFile.read(
                "{\"Name\":\"Patch\",\"InstanceId\":\"mi-0123456789abcdef0\","
                    + "\"Tags\":[{\"Key\":\"A\",\"Value\":\"1\"}]}")
            .asked());
  }

  @Test
  void aDocumentIsTakenWithItsContentAsItIs() {
    AwsFile file =
        AwsFile.read(
            """
            {"Name": "Patch", "CreatedDate": 1.5, "DisplayName": "Patching", "VersionName": "v1",
             "DocumentVersion": "2", "Status": "Active", "Content": "{\\"schemaVersion\\":\\"2.2\\"}",
             "DocumentType": "Command", "DocumentFormat": "JSON", "Requires": []}
            """);

    assertEquals(
        Optional.of(
            new AwsFile.Asked.ADocument(
                CreateDocumentRequest.newBuilder()
                    .setName("Patch")
                    .setDisplayName("Patching")
                    .setVersionName("v1")
                    .setContent("{\"schemaVersion\":\"2.2\"}")
                    .setDocumentFormat(DocumentFormat.DOCUMENT_FORMAT_JSON)
                    .setDocumentType(DocumentType.DOCUMENT_TYPE_COMMAND)
                    .build())),
        file.asked());
    assertEquals(
        List.of(
            "CreatedDate: is of AWS's own copy",
            "DocumentVersion: is of AWS's own copy",
            "Requires: has no meaning here",
            "Status: is of AWS's own copy"),
        file.dropped());
  }

  private record Wrong(String json, String refusal) {}

  @TestFactory
  List<DynamicTest> whatCannotBeIsRefused() {
    return List.of(
            new Wrong("{", "it is no JSON"),
            new Wrong("[]", "it is no JSON object"),
            new Wrong("{}", "Name: is missing"),
            new Wrong("{'Name':'a','name':'b'}", "is there twice, in two spellings"),
            new Wrong("{'Name':['a']}", "Name: is no text"),
            new Wrong("{'Name':'a','Targets':'x'}", "Targets: is no list of objects"),
            new Wrong("{'Name':'a','Targets':[{'Key':'x'}]}", "has a target without Key or Values"),
            new Wrong(
                "{'Name':'a','Targets':[{'Key':'ParameterValues','Values':['x']}]}",
                "Automation runbook"),
            new Wrong("{'Name':'a','TargetMaps':[{}]}", "Automation runbook"),
            new Wrong("{'Name':'a','AutomationTargetParameterName':'x'}", "Automation runbook"),
            new Wrong("{'Name':'a','for_each':'x'}", "render it first"),
            new Wrong("{'Name':'a','Parameters':['x']}", "is no object of names and values"),
            new Wrong("{'Name':'a','ScheduleOffset':'x'}", "is no whole number"),
            new Wrong("{'Name':'a','ApplyOnlyAtCronInterval':'yes'}", "neither true nor false"),
            new Wrong("{'Name':'a','ComplianceSeverity':'BAD'}", "allowed are CRITICAL"),
            new Wrong("{'Name':'a','SyncCompliance':'BAD'}", "allowed are AUTO and MANUAL"),
            new Wrong("{'Name':'a','CalendarNames':{}}", "is no list of names"),
            new Wrong("{'Name':'a','Tags':'x'}", "neither a list of Key and Value nor an object"),
            new Wrong("{'Name':'a','Tags':[{'Key':'x'}]}", "has a tag without Key or Value"),
            new Wrong("{'Content':'x'}", "Name: is missing"),
            new Wrong(
                "{'Name':'a','Content':'x','DocumentType':'Automation'}",
                "what can be imported are Command, Policy and ChangeCalendar"))
        .stream()
        .map(
            wrong ->
                DynamicTest.dynamicTest(
                    wrong.json,
                    () -> {
                      AwsFile file = AwsFile.read(wrong.json.replace('\'', '"'));
                      assertEquals(Optional.empty(), file.asked());
                      assertTrue(
                          file.refused().stream().anyMatch(line -> line.contains(wrong.refusal)),
                          file.refused().toString());
                    }))
        .toList();
  }
}
