package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code holdfast} against a coordinator that runs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClientProgramTest {
  @SuppressWarnings("NullAway.Init") // set before the tests
  private Running running;

  @SuppressWarnings("NullAway.Init") // set before the tests
  private Path folder;

  private record Result(int code, String out, String err) {}

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    running = Running.start(folder.resolve("data"));
    DocumentServiceGrpc.newBlockingStub(running.admin(running.adminToken()))
        .createDocument(
            CreateDocumentRequest.newBuilder()
                .setName("disk-space")
                .setContent(
                    """
                    schemaVersion: "2.2"
                    mainSteps:
                    - action: aws:runShellScript
                      name: df
                      inputs:
                        runCommand: [df]
                    """)
                .build());
  }

  @AfterAll
  void stop() {
    running.close();
  }

  @Test
  void documentsAreATableForPeopleAndJsonForScripts() {
    Result table = holdfast(List.of("get", "documents"));
    Result json = holdfast(List.of("get", "documents", "--json"));

    assertEquals(0, table.code, table.err);
    assertTrue(table.out.startsWith("NAME "), table.out);
    assertTrue(
        table.out.lines().anyMatch(line -> line.matches("disk-space +Self +1 +1 +2.2 +Yaml .*")),
        table.out);
    assertEquals(0, json.code, json.err);
    assertTrue(
        JsonParser.parseString(json.out)
            .getAsJsonObject()
            .getAsJsonArray("documentIdentifiers")
            .asList()
            .stream()
            .anyMatch(row -> row.getAsJsonObject().get("name").getAsString().equals("disk-space")),
        json.out);
  }

  @Test
  void instancesAreListedEvenIfThereAreNone() {
    Result table = holdfast(List.of("get", "instances"));

    assertEquals(0, table.code, table.err);
    assertEquals(1, table.out.lines().count(), table.out);
  }

  @Test
  void whatIsWrongIsOneLineThatSaysWhatToDo() throws Exception {
    Path other = Files.writeString(folder.resolve("other.token"), "hft_" + "A".repeat(43));
    Path ca = running.data().resolve("ca.pem");
    Path token = running.data().resolve("admin.token");
    String address = running.addresses().admin().toString();
    Path noCa = Files.writeString(folder.resolve("no.pem"), "nothing");

    failsWith("token create", call(address, ca, other, List.of("get", "documents")));
    failsWith("--token-file", call(address, ca, folder.resolve("x"), List.of("get", "documents")));
    failsWith("--ca", call(address, noCa, token, List.of("get", "documents")));
    failsWith("is it running?", call("127.0.0.1:1", ca, token, List.of("get", "documents")));
    failsWith("no instance 'mi-nobody'", holdfast(List.of("wait", "instance", "mi-nobody")));
  }

  @Test
  void filesOfAwsAreImportedDocumentsFirstAndEachThingIsTold() throws Exception {
    Path association =
        Files.writeString(
            folder.resolve("a.json"),
            """
            {"Name": "imported", "AssociationName": "keeps", "Date": 1.5,
             "OutputLocation": {"S3Location": {"OutputS3BucketName": "logs"}},
             "Targets": [{"Key": "tag:Role", "Values": ["web"]}]}
            """);
    Path document =
        Files.writeString(
            folder.resolve("b.json"),
            """
            {"Name": "imported", "DocumentType": "Command", "DocumentFormat": "JSON", "Content":
             "{\\"schemaVersion\\":\\"2.2\\",\\"mainSteps\\":[{\\"action\\":\\"aws:runShellScript\\",\\"name\\":\\"s\\",\\"inputs\\":{\\"runCommand\\":[\\"true\\"]}}]}"}
            """);
    List<String> both = List.of("import", association.toString(), document.toString());

    List<String> rehearsal = new ArrayList<>(both);
    rehearsal.add("--dry-run");
    Result dry = holdfast(rehearsal);
    Result real = holdfast(both);
    Result again = holdfast(both);

    assertEquals(0, dry.code, dry.out);
    assertEquals(
        List.of(
            association + ": dropped Date: is of AWS's own copy",
            document + ": would create the document imported",
            association
                + ": would create the association keeps, not checked: it needs the document"
                + " imported of "
                + document),
        dry.out.lines().toList());
    assertEquals(0, real.code, real.out);
    List<String> lines = real.out.lines().toList();
    assertEquals(document + ": created the document imported", lines.get(1));
    assertTrue(lines.get(2).contains(": warning output_location: "), real.out);
    assertTrue(
        lines.get(3).startsWith(association + ": created the association keeps, "), real.out);
    assertEquals(1, again.code, again.out);
    assertEquals(
        2, again.out.lines().filter(line -> line.contains(": refused ")).count(), again.out);
    assertTrue(again.out.contains("is called 'keeps' already"), again.out);
    failsWith("cannot read", holdfast(List.of("import", folder.resolve("none").toString())));
  }

  @Test
  void aDryRunStoresNothingThoughTheCoordinatorChecksAll() throws Exception {
    Path association =
        Files.writeString(
            folder.resolve("c.json"), "{\"Name\": \"disk-space\", \"AssociationName\": \"dry\"}");
    Path wrong =
        Files.writeString(
            folder.resolve("d.json"),
            "{\"Name\": \"disk-space\", \"ScheduleExpression\": \"never\"}");

    Result first = holdfast(List.of("import", "--dry-run", association.toString()));
    Result second =
        holdfast(List.of("import", "--dry-run", association.toString(), wrong.toString()));

    assertEquals(0, first.code, first.out);
    assertTrue(first.out.endsWith(": would create the association dry\n"), first.out);
    assertEquals(1, second.code, second.out);
    assertTrue(second.out.contains(association + ": would create"), second.out);
    assertTrue(second.out.contains(wrong + ": refused schedule_expression: "), second.out);
    assertTrue(!holdfast(List.of("get", "associations")).out.contains(" dry "));
  }

  @Test
  void aWrongCommandLineIsCodeTwo() {
    assertEquals(2, holdfast(List.of("get", "anything")).code);
    assertEquals(2, holdfast(List.of("wait", "instance", "x", "--timeout", "soon")).code);
    assertEquals(2, run(dev.holdfast.coordinator.client.Main.program(), List.of()).code);
    assertEquals(2, run(Main.program(), List.of("token", "create", "--role", "viewer")).code);
  }

  @Test
  void theVersionAndTheHelpAreTold() {
    assertEquals(
        "holdfast development\n",
        run(dev.holdfast.coordinator.client.Main.program(), List.of("--version")).out);
    Result help = run(Main.program(), List.of("serve", "--help"));
    assertEquals(0, help.code);
    assertTrue(help.out.contains("--trust-domain"), help.out);
  }

  private static void failsWith(String words, Result result) {
    assertEquals(1, result.code, result.err);
    assertEquals("", result.out);
    assertEquals(1, result.err.lines().count(), result.err);
    assertTrue(result.err.contains(words), result.err);
  }

  private Result holdfast(List<String> arguments) {
    return call(
        running.addresses().admin().toString(),
        running.data().resolve("ca.pem"),
        running.data().resolve("admin.token"),
        arguments);
  }

  private static Result call(String address, Path ca, Path token, List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(
        List.of("--address", address, "--ca", ca.toString(), "--token-file", token.toString()));
    return run(dev.holdfast.coordinator.client.Main.program(), all);
  }

  private static Result run(CommandLine program, List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    program.setOut(new PrintWriter(out));
    program.setErr(new PrintWriter(err));
    int code = program.execute(arguments.toArray(String[]::new));
    return new Result(code, out.toString(), err.toString());
  }
}
