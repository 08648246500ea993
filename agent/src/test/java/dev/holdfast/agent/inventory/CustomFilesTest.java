package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.InventoryLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CustomFilesTest {
  private static final String HEAD = "'SchemaVersion':'1.0','TypeName':'Custom:Rack'";

  @TempDir Path folder = Path.of("set by JUnit");

  @Test
  void anObjectAndAListOfThemAreContent() throws IOException {
    file("a.json", "{" + HEAD + ",'Content':{'Row':'7','Rack':'b'}}");
    file(
        "b.json",
        "{'SchemaVersion':'12.3','TypeName':'Custom:Fan','Content':[{'Name':'x'},{'Name':'y'}]}");
    file("notes.txt", "no JSON");
    Files.createDirectories(folder.resolve("c.json"));

    assertEquals(
        List.of(
            new CustomFiles.Content("Custom:Rack", "1.0", List.of(Map.of("Row", "7", "Rack", "b"))),
            new CustomFiles.Content(
                "Custom:Fan", "12.3", List.of(Map.of("Name", "x"), Map.of("Name", "y")))),
        CustomFiles.read(folder));
  }

  @Test
  void withoutTheFolderThereIsNothing() {
    assertEquals(List.of(), CustomFiles.read(folder.resolve("missing")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{ | line 1",
        "[] | it is no JSON object",
        "{'TypeName':'Custom:A','Content':{}} | SchemaVersion is missing",
        "{'SchemaVersion':'1','TypeName':'Custom:A','Content':{}} | SchemaVersion is '1'; it is"
            + " like 1.0",
        "{'SchemaVersion':'1.0','TypeName':'custom:A','Content':{}} | TypeName is 'custom:A'",
        "{'SchemaVersion':'1.0','TypeName':'CUSTOM:A','Content':{}} | TypeName is 'CUSTOM:A'",
        "{'SchemaVersion':'1.0','TypeName':'Custom:a','Content':{}} | TypeName is 'Custom:a'",
        "{'SchemaVersion':'1.0','TypeName':'Custom:A b','Content':{}} | TypeName is 'Custom:A b'",
        "{'SchemaVersion':'1.0','TypeName':'AWS:Application','Content':{}} | TypeName is 'AWS:App",
        "{'SchemaVersion':'1.0','TypeName':'Custom:A'} | Content is an object, or a list",
        "{'SchemaVersion':'1.0','TypeName':'Custom:A','Content':'x'} | Content is an object, or",
        "{'SchemaVersion':'1.0','TypeName':'Custom:A','Content':[1]} | Content[0] is no object",
        "{'SchemaVersion':'1.0','TypeName':'Custom:A','Content':{'N':1}} | Content[0].N is a text",
        "{'SchemaVersion':'1.0','TypeName':'Custom:A','Content':{'':'1'}} | Content[0]: the name of"
            + " an attribute has 1 to 64",
        "{'SchemaVersion':'1.0','TypeName':'Custom:A','Content':[{'Ab':'1'},{'aB':'1'}]} |"
            + " Content[1]: the attribute 'aB' is spelt 'Ab' elsewhere"
      })
  void aMistakeIsToldWithTheFile(String json, String message) throws IOException {
    file("bad.json", json);

    String told = mistake();
    assertTrue(told.startsWith("custom inventory: " + folder.resolve("bad.json") + ": "), told);
    assertTrue(told.contains(message), told);
  }

  @Test
  void theLimitsHold() throws IOException {
    String many =
        IntStream.range(0, 51).mapToObj(i -> "'a" + i + "':'1'").collect(Collectors.joining(","));
    file("bad.json", "{" + HEAD + ",'Content':{" + many + "}}");
    assertTrue(mistake().contains("more than 50 attributes"));
    file("bad.json", "{" + HEAD + ",'Content':{'A':'" + "x".repeat(4_097) + "'}}");
    assertTrue(mistake().contains("at most 4096 characters"));
    file("bad.json", "{" + HEAD + ",'Content':{'" + "x".repeat(65) + "':'1'}}");
    assertTrue(mistake().contains("1 to 64 characters"));
    file("bad.json", "{" + HEAD + ",'Content':{'A':'1'}}" + " ".repeat(64 * 1024));
    assertTrue(mistake().contains("more than 65536 bytes"));
    Files.delete(folder.resolve("bad.json"));
    for (int i = 0; i <= InventoryLimits.MAX_CUSTOM_TYPES; i++) {
      file(i + ".json", "{'SchemaVersion':'1.0','TypeName':'Custom:T" + i + "','Content':{}}");
    }
    assertTrue(mistake().contains("21 files; at most 20 are read"));
  }

  @Test
  void aTypeInTwoFilesIsAnErrorThatNamesBoth() throws IOException {
    file("one.json", "{" + HEAD + ",'Content':{}}");
    file("two.json", "{" + HEAD + ",'Content':{}}");

    assertTrue(mistake().contains("two.json: Custom:Rack is in one.json, too"), this::mistake);
  }

  private String mistake() {
    return String.valueOf(
        assertThrows(InventoryException.class, () -> CustomFiles.read(folder)).getMessage());
  }

  private void file(String name, String json) throws IOException {
    Files.write(folder.resolve(name), json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
