package dev.holdfast.agent.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.agent.inventory.InventoryTypes;
import dev.holdfast.agent.inventory.PathFilter;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SoftwareInventoryTest {
  private static final StepPlanner PLANNER =
      new StepPlanner(
          new HostFacts("mi-1", "here", "Linux", "Debian", "12", "/home/x", Path.of("/work")));

  @Test
  void eachInputSwitchesItsTypeOn() {
    Gathering all =
        gathering(
            """
            applications: Enabled
            awsComponents: Enabled
            networkConfig: Enabled
            billingInfo: Enabled
            files: '[{"Path":"/etc","Pattern":["*.conf"],"Recursive":true,"DirScanLimit":7}]'
            windowsRoles: Enabled
            services: Enabled
            windowsRegistry: [{Path: 'HKEY_LOCAL_MACHINE'}]
            windowsUpdates: Enabled
            instanceDetailedInformation: Enabled
            customInventory: Enabled
            customInventoryDirectory: /srv/custom
            disks: Enabled
            ports: Enabled
            users: Enabled
            certificates: [{Path: /srv/tls, Pattern: ['*.pem']}]
            kernel: Enabled
            containers: Enabled
            pendingUpdates: Enabled
            """);

    Set<String> every = new TreeSet<>(InventoryTypes.versions().keySet());
    every.add(Gathering.CUSTOM);
    assertEquals(every, new TreeSet<>(all.types()));
    assertEquals(List.of(new PathFilter("/etc", List.of("*.conf"), true, 7)), all.files());
    assertEquals("/srv/tls", all.certificates().getFirst().path());
    assertEquals(Optional.of("/srv/custom"), all.customFolder());
  }

  @Test
  void nothingAndDisabledSwitchNothingOn() {
    Gathering none =
        gathering("applications: Disabled\nfiles: ''\ncertificates: Disabled\nservices: ''");

    assertEquals(Gathering.of(Set.of(InventoryTypes.INSTANCE_INFORMATION)), none);
  }

  @Test
  void certificatesCanBeLookedForInTheUsualFolders() {
    Gathering usual = gathering("certificates: Enabled");

    assertTrue(usual.types().contains(InventoryTypes.CERTIFICATE));
    assertEquals(List.of(), usual.certificates());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "applications: enabled | applications is 'enabled'; allowed are Enabled and Disabled",
        "ports: 'True' | ports is 'True'; allowed are Enabled and Disabled",
        "files: '[{' | files is no JSON",
        "files: '[{\"Path\":\"etc\",\"Pattern\":[\"*\"]}]' | files[0].Path is an absolute path",
        "certificates: Disable | certificates is no JSON",
        "windowsRegistry: '[{}]' | windowsRegistry[0].Path is a text",
        "customInventoryDirectory: custom | customInventoryDirectory is 'custom'; it is an absolute"
            + " path",
        "changeDetectionFrequency: often | changeDetectionFrequency is 'often'; it is a number from"
            + " 1"
      })
  void aMistakeRefusesTheStepAndNamesTheInput(String input, String message) {
    String reason = assertInstanceOf(Work.Refused.class, work(input)).reason();

    assertTrue(reason.startsWith("InvalidInputs: " + message), reason);
  }

  @Test
  void whatMakesNoDifferenceHereIsSaid() {
    Work.Inside inside =
        assertInstanceOf(
            Work.Inside.class,
            work(
                "applications: Enabled\nchangeDetectionFrequency: '4'\n"
                    + "changeDetectionTypes: [applications]"));

    assertTrue(
        inside.note().startsWith("changeDetectionFrequency and changeDetectionTypes make no"),
        inside::note);
  }

  @Test
  void aDocumentNamesTheTypesThatItsValuesSwitchOn() {
    NamedTypes named = new NamedTypes(PLANNER);
    byte[] document =
        """
        schemaVersion: "2.2"
        parameters:
          which: {type: String, default: Disabled}
        mainSteps:
          - name: a
            action: aws:softwareInventory
            inputs: {applications: Enabled}
          - name: b
            action: aws:softwareInventory
            inputs: {ports: '{{ which }}'}
        """
            .getBytes(StandardCharsets.UTF_8);

    assertTrue(named.names(document, Map.of(), "AWS:Application"));
    assertFalse(named.names(document, Map.of(), "Host:Port"));
    assertTrue(named.names(document, Map.of("which", new Value.Text("Enabled")), "Host:Port"));
    assertFalse(named.names(document, Map.of(), "Host:Disk"));
  }

  @Test
  void whereItCannotBeToldADocumentNamesEveryType() {
    NamedTypes named = new NamedTypes(PLANNER);

    assertTrue(named.names(new byte[] {'{'}, Map.of(), "Host:Disk"));
    assertTrue(
        named.names(
            document("aws:runDocument", "documentType: SSMDocument\ndocumentPath: other"),
            Map.of(),
            "Host:Disk"));
  }

  private static Gathering gathering(String inputs) {
    Work.Inside inside = assertInstanceOf(Work.Inside.class, work(inputs));
    assertEquals("", inside.note());
    return assertInstanceOf(Task.Gather.class, inside.task()).what();
  }

  private static Work work(String inputs) {
    DocumentReading reading = DocumentReader.read(document("aws:softwareInventory", inputs));
    assertEquals(List.of(), reading.errors());
    Document document = reading.document().orElseThrow();
    return PLANNER.work(document.steps().getFirst(), document, Map.of());
  }

  private static byte[] document(String action, String inputs) {
    return ("schemaVersion: '2.2'\nmainSteps:\n- name: a\n  action: "
            + action
            + "\n  inputs:\n"
            + inputs.indent(4))
        .getBytes(StandardCharsets.UTF_8);
  }
}
