package dev.holdfast.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No limit is forgotten by the case that tries them. */
final class EdgesTest {
  private static final Path ROOT = Path.of(System.getProperty("holdfast.root"));
  private static final Path CASES = ROOT.resolve("packaging/src/main/java/dev/holdfast/faults");

  /** What is said of limits beyond which a caller is refused. */
  private static final Pattern REFUSES =
      Pattern.compile(
          "Beyond: .*(request is refused|document is refused|finding names|acknowledgement).*");

  private static final Pattern ROW = Pattern.compile("\\| `([A-Z_0-9]+)` \\|.*");
  private static final Pattern TRIED =
      Pattern.compile("(?:sized|within|beyond|fill|until|warned)\\(\\s*\"([A-Z_0-9]+)\"");

  @Test
  void everyLimitThatRefusesACallerIsTriedOrSaysWhyNot() throws IOException {
    Set<String> refusing = new TreeSet<>();
    boolean refuses = false;
    for (String line : Files.readAllLines(ROOT.resolve("docs/limits.md"))) {
      refuses = line.startsWith("Beyond:") ? REFUSES.matcher(line).matches() : refuses;
      Matcher row = ROW.matcher(line);
      if (refuses && row.matches()) {
        refusing.add(row.group(1));
      }
    }
    Set<String> tried = tried();
    Set<String> forgotten = new TreeSet<>(refusing);
    forgotten.removeAll(tried);
    forgotten.removeAll(Edges.NOT_TRIED.keySet());
    Set<String> both = new TreeSet<>(Edges.NOT_TRIED.keySet());
    both.retainAll(tried);
    Set<String> unknown = new TreeSet<>(Edges.NOT_TRIED.keySet());
    unknown.removeAll(refusing);

    assertTrue(refusing.size() > 70, () -> "the page was not understood: " + refusing);
    assertEquals(Set.of(), forgotten, "neither tried nor excused in Edges");
    assertEquals(Set.of(), both, "tried, and excused as if they were not");
    assertEquals(Set.of(), unknown, "excused, and no limits that refuse");
  }

  private static Set<String> tried() throws IOException {
    Set<String> tried = new TreeSet<>();
    try (Stream<Path> files = Files.list(CASES)) {
      for (Path file :
          files.filter(path -> path.getFileName().toString().endsWith("Edges.java")).toList()) {
        Matcher name = TRIED.matcher(Files.readString(file));
        while (name.find()) {
          tried.add(name.group(1));
        }
      }
    }
    return tried;
  }
}
