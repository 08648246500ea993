package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.command.InventoryCommand;
import dev.holdfast.agent.process.OsQuery;
import dev.holdfast.document.Plugins;
import dev.holdfast.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The page about inventory says what is so. */
final class InventoryPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("holdfast.root")).resolve("docs/inventory.md");

  private static final Pattern WORD = Pattern.compile("`([^`]+)`");
  private static final Pattern FENCE = Pattern.compile("```(\\w*)\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ARGUMENT = Pattern.compile("'([^']*)'|(\\S+)");

  @TempDir Path folder = Path.of("set by JUnit");

  /** The words of a row of the table, and the input that switches its types on. */
  private record Row(Set<String> words, Set<String> inputs) {}

  @Test
  void everyTypeIsThereWithAnInputThatExists() throws IOException {
    Map<String, Row> rows = rows();

    Set<String> types = new TreeSet<>(InventoryTypes.versions().keySet());
    types.add("Custom:...");
    assertEquals(types, rows.keySet());
    rows.forEach(
        (type, row) ->
            assertTrue(
                Plugins.inputs(Plugins.SOFTWARE_INVENTORY).containsAll(row.inputs()),
                () -> type + " " + row.inputs()));
  }

  @Test
  void everyAttributeThatThisHostTellsIsNamed() throws IOException {
    Map<String, Row> rows = rows();
    Set<String> types = new TreeSet<>(InventoryTypes.versions().keySet());
    types.remove(InventoryTypes.PENDING_UPDATE);
    HostGatherer gatherer = gatherer();
    List<PathFilter> filter = List.of(new PathFilter("/etc", List.of("host*"), false, 10));
    List<String> missing = new ArrayList<>();

    Gatherer.Found found = gatherer.gather(new Gathering(types, filter, filter, Optional.empty()));
    for (Report.Inventory each : found.types()) {
      for (Map<String, String> item : each.items()) {
        for (String attribute : item.keySet()) {
          if (!rows.getOrDefault(each.typeName(), new Row(Set.of(), Set.of()))
              .words()
              .contains(attribute)) {
            missing.add(each.typeName() + "." + attribute);
          }
        }
      }
    }

    assertEquals(List.of(), missing.stream().distinct().toList());
  }

  @Test
  void theExampleOfATypeOfYourOwnIsRead() throws IOException {
    List<String> examples = fences("json");

    assertEquals(1, examples.size());
    assertEquals(
        new CustomFiles.Content(
            "Custom:RackInfo", "1.0", List.of(Map.of("Rack", "b7", "Row", "12"))),
        CustomFiles.parse(
            Path.of("example.json"), examples.getFirst().getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theCommandsRun() throws IOException {
    List<String> commands =
        fences("").stream()
            .flatMap(String::lines)
            .filter(line -> line.startsWith("holdfast-agent "))
            .toList();

    assertTrue(commands.size() >= 3, commands::toString);
    for (String command : commands) {
      List<String> words = new ArrayList<>();
      Matcher argument = ARGUMENT.matcher(command);
      while (argument.find()) {
        words.add(argument.group(1) == null ? argument.group(2) : argument.group(1));
      }
      assertEquals(List.of("holdfast-agent", "inventory"), words.subList(0, 2));
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      int code =
          new CommandLine(new InventoryCommand(new WithoutPackageManagers(gatherer())))
              .setOut(new PrintWriter(out, true))
              .setErr(new PrintWriter(err, true))
              .execute(words.subList(2, words.size()).toArray(String[]::new));
      assertEquals(0, code, () -> command + " " + err);
      assertTrue(out.toString().contains("\"typeName\""), command);
    }
  }

  /** They take seconds. */
  private record WithoutPackageManagers(Gatherer gatherer) implements Gatherer {
    @Override
    public Found gather(Gathering wanted) {
      Set<String> types = new TreeSet<>(wanted.types());
      types.remove(InventoryTypes.PENDING_UPDATE);
      return gatherer.gather(wanted.only(types));
    }

    @Override
    public Set<String> types() {
      return gatherer.types();
    }
  }

  private HostGatherer gatherer() {
    return new HostGatherer(
        Path.of("/"),
        folder,
        folder.resolve("custom"),
        new OsQuery(),
        InstantSource.system(),
        "0.1",
        Optional.of("mi-0123456789abcdef0"));
  }

  private static Map<String, Row> rows() throws IOException {
    Map<String, Row> rows = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      String[] cells = line.split(" \\| ");
      if (line.startsWith("| `") && cells.length >= 3) {
        Row row = new Row(words(line), words(cells[1]));
        words(cells[0]).forEach(type -> rows.put(type, row));
      }
    }
    return rows;
  }

  private static Set<String> words(String text) {
    Set<String> words = new TreeSet<>();
    Matcher word = WORD.matcher(text);
    while (word.find()) {
      words.add(word.group(1));
    }
    return words;
  }

  private static List<String> fences(String language) throws IOException {
    List<String> texts = new ArrayList<>();
    Matcher fence = FENCE.matcher(Files.readString(PAGE));
    while (fence.find()) {
      if (fence.group(1).equals(language)) {
        texts.add(fence.group(2));
      }
    }
    return texts;
  }
}
