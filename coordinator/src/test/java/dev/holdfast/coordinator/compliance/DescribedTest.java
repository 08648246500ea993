package dev.holdfast.coordinator.compliance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.Value;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DescribedTest {
  @Test
  void eachStepIsAboutItsResourceWithTheParametersInEffect() {
    assertEquals(
        Map.of(
            "motd", "file /etc/motd",
            "folder", "folder /srv/web",
            "web", "service nginx.service",
            "packages", "2 packages",
            "clock", "script clock"),
        Described.of(
                document(
                    """
                    schemaVersion: "2.2"
                    parameters:
                      Path: {type: String, default: /etc/issue}
                      Unit: {type: String, default: nginx.service}
                    mainSteps:
                    - {action: "state:file", name: motd, inputs: {path: "{{ Path }}", content: hello}}
                    - {action: "state:file", name: folder, inputs: {path: /srv/web, ensure: directory}}
                    - {action: "state:service", name: web, inputs: {name: "{{ Unit }}", state: running}}
                    - {action: "state:package", name: packages, inputs: {packages: [curl, jq]}}
                    - {action: "state:script", name: clock, inputs: {check: "exit 0"}}
                    - {action: "aws:runShellScript", name: other, inputs: {runCommand: [ls]}}
                    """),
                Map.of("Path", new Value.Text("/etc/motd")))
            .titles());
  }

  @Test
  void aStepOfWhichOnlyTheActionIsKnownSaysSo() {
    assertEquals("file of step motd", Described.title("motd", "state:file"));
  }

  private static Document document(String text) {
    var reading = DocumentReader.read(text.getBytes(StandardCharsets.UTF_8));
    return reading.document().orElseThrow(() -> new AssertionError(reading.errors()));
  }
}
