package dev.holdfast.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as a person calls it. */
final class DocumentCommandTest {
  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void validatePrintsALineAFileAndFailsIfAnyIsInvalid() throws IOException {
    Path good = file("good", shell("true"));
    Path bad = file("b\"ad", "{\"schemaVersion\":\"9.9\",\"mainSteps\":[]}");

    assertEquals(0, execute("validate", good.toString()));
    assertEquals(
        "{\"file\":\""
            + good
            + "\",\"valid\":true,\"errors\":[],\"warnings\":[],"
            + "\"schemaVersion\":\"2.2\",\"steps\":1}\n",
        out());
    assertEquals(1, execute("validate", good.toString(), bad.toString(), "/no/such/file"));
    String[] lines = out().split("\n", -1);
    assertEquals(4, lines.length);
    assertTrue(lines[1].startsWith("{\"file\":\"" + folder + "/b\\\"ad\",\"valid\":false,"));
    assertTrue(lines[1].contains("\"errors\":[{\"line\":1,\"column\":18,\"message\":"), lines[1]);
    assertTrue(lines[2].contains("can't be read"), lines[2]);
  }

  @Test
  void runPrintsWhatBecameOfEachStep() throws IOException {
    Path document = file("doc", shell("echo 'a<b'; echo oops >&2; exit 3"));

    assertEquals(1, execute("run", document.toString()));
    assertEquals(
        "{\"status\":\"Failed\",\"reason\":\"\",\"steps\":[{\"name\":\"s\",\"action\":\"aws:runShellScript\",\"status\":\"Failed\",\"exitCode\":3,\"reason\":\"\",\"attempts\":1,\"stdout\":\"a<b\\n"
            + "\",\"stderr\":\"oops\\n"
            + "\",\"stdoutBytes\":4,\"stderrBytes\":5,\"changed\":false,\"drift\":[]}]}\n",
        out());
  }

  @Test
  void aRequiredParameterThatIsMissingStartsNothing() throws IOException {
    Path mark = folder.resolve("mark");
    Path document =
        file(
            "doc",
            "{\"schemaVersion\":\"2.2\",\"parameters\":{\"p\":{\"type\":\"String\"}},\"mainSteps\":["
                + "{\"action\":\"aws:runShellScript\",\"name\":\"s\",\"inputs\":{\"runCommand\":[\"echo"
                + " {{ p }} > "
                + mark
                + "\"]}}]}");

    assertEquals(1, execute("run", document.toString()));
    assertTrue(
        out().startsWith("{\"status\":\"Failed\",\"reason\":\"MissingParameter\",\"steps\":["),
        out());
    assertFalse(Files.exists(mark));

    Path values = file("values", "{\"p\":\"here\"}");
    assertEquals(0, execute("run", document.toString(), "--parameters", values.toString()));
    assertEquals("here\n", Files.readString(mark));
    assertEquals(1, execute("run", document.toString(), "--parameters", document + "x"));
    assertEquals(1, err().split("\n", -1).length - 1, "one line");
  }

  @Test
  void aStepThatAsksForARebootEndsTheRunThere() throws IOException {
    assertEquals(1, execute("run", file("doc", shell("echo x; exit 194")).toString()));
    assertTrue(out().startsWith("{\"status\":\"RebootRequested\""), out());
    assertTrue(out().contains("\"status\":\"RebootRequested\",\"exitCode\":194"), out());
    assertTrue(out().contains("\"stdout\":\"x\\n\""), out());
  }

  @Test
  void theOutputFolderKeepsAllAndWithoutOneNothingIsLeft() throws IOException {
    Path document = file("doc", shell("echo kept; pwd; echo $0"));
    Path output = folder.resolve("output");

    assertEquals(0, execute("run", document.toString(), "--output", output.toString()));
    try (Stream<Path> files = Files.walk(output)) {
      assertTrue(files.anyMatch(file -> file.endsWith("0-1-0/stdout.0")));
    }
    assertEquals(0, execute("run", document.toString()));
    String script = out().replaceAll(".*(/[^\\\\]*)/runs/[^\\\\]*_script.sh.*\n", "$1");
    assertTrue(script.contains("holdfast-"), script);
    assertFalse(Files.exists(Path.of(script)), script);
  }

  @Test
  void preconditionsAreJudgedAsOnThePlatformThatIsNamed() throws IOException {
    Path document = file("doc", shell("true"));

    assertEquals(0, execute("run", document.toString(), "--platform", "windows"));
    assertTrue(out().contains("\"status\":\"Skipped\""), out());
    assertEquals(2, execute("run", document.toString(), "--platform", "Plan9"));
    assertEquals(2, execute("run"));
    assertEquals(1, execute("run", document.toString(), "--audit"));
    assertTrue(out().contains("\"reason\":\"NothingToAudit\""), out());
  }

  @Test
  void whatAStepDownloadsIsWhereTheNextOneStarts() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/tool.sh",
        exchange -> {
          byte[] text = "echo I am \"$1\"\n".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, text.length);
          exchange.getResponseBody().write(text);
          exchange.close();
        });
    server.start();
    String download =
        "{\"action\":\"aws:downloadContent\",\"name\":\"get\",\"inputs\":{\"sourceType\":\"HTTP\","
            + "\"destinationPath\":\"bin/\",\"sourceInfo\":{\"allowInsecureDownload\":true,\"url\":"
            + "\"http://127.0.0.1:"
            + server.getAddress().getPort()
            + "/tool.sh\"}}}";
    String use =
        "{\"action\":\"aws:runShellScript\",\"name\":\"%s\",\"inputs\":{\"workingDirectory\":\"%s\","
            + "\"runCommand\":[\"%s\"]}}";
    try {
      Path document =
          file(
              "doc",
              "{\"schemaVersion\":\"2.2\",\"mainSteps\":["
                  + String.join(
                      ",",
                      use.formatted("before", "", "pwd | grep -c downloads; true"),
                      download,
                      use.formatted("in", "bin", "./tool.sh in"),
                      use.formatted("above", "", "bin/tool.sh above"),
                      use.formatted("gone", "nowhere", "pwd | grep -c downloads; true"),
                      use.formatted("off", "/", "pwd"))
                  + "]}");

      assertEquals(0, execute("run", document.toString()), out());
      for (String text : new String[] {"I am in\\n", "I am above\\n", "\"stdout\":\"/\\n"}) {
        assertTrue(out().contains(text), out());
      }
      assertEquals(3, out().split("\"stdout\":\"0\\\\n", -1).length, out());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aDocumentThatNobodyHasHereAndAQuestionToNobodyFailAndSayWhy() throws IOException {
    Path document =
        file(
            "doc",
            "{\"schemaVersion\":\"2.2\",\"mainSteps\":[{\"action\":\"aws:runDocument\",\"name\":\"a\","
                + "\"inputs\":{\"documentType\":\"SSMDocument\",\"documentPath\":\"Some-Doc\"}},"
                + "{\"action\":\"aws:refreshAssociation\",\"name\":\"b\",\"inputs\":{}},"
                + "{\"action\":\"aws:configurePackage\",\"name\":\"c\","
                + "\"inputs\":{\"name\":\"x\",\"action\":\"Install\"}}]}");

    assertEquals(1, execute("run", document.toString()));
    assertTrue(out().contains("InvalidDocument: the document 'Some-Doc'"), out());
    assertTrue(out().contains("CoordinatorUnreachable: "), out());
    assertTrue(out().contains("PluginNotAvailable: aws:configurePackage"), out());
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static String shell(String script) {
    return "{\"schemaVersion\":\"2.2\",\"mainSteps\":[{\"action\":\"aws:runShellScript\",\"name\":\"s\","
               + "\"inputs\":{\"runCommand\":[\""
        + script
        + "\"]}}]}";
  }

  private int execute(String... arguments) {
    out.reset();
    err.reset();
    return new CommandLine(
            new DocumentCommand(new PrintStream(out), new PrintStream(err), new NoInventory()))
        .setErr(new PrintWriter(Writer.nullWriter()))
        .execute(arguments);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
