package dev.holdfast.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.faults.Suite;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every promise of docs/guarantees.md names tests, and they are there. */
final class GuaranteesPageTest {
  private static final Pattern TEST = Pattern.compile("`([A-Za-z]+Test)`");
  private static final Pattern CASE = Pattern.compile("\\b([DERTZ]\\d\\d)\\b");

  @Test
  void everyPromiseNamesTestsThatThereAre() {
    Set<String> tests = new HashSet<>();
    for (Path file : Tree.files(".java")) {
      tests.add(file.getFileName().toString().replace(".java", ""));
    }
    Set<String> cases = new HashSet<>(Suite.known());
    List<String> wrong = new ArrayList<>();
    Set<String> named = new TreeSet<>();
    for (String line : Tree.text(Tree.ROOT.resolve("docs/guarantees.md")).lines().toList()) {
      if (!line.startsWith("| ") || line.startsWith("| ---") || line.startsWith("| promise")) {
        continue;
      }
      String heldBy = line.substring(line.lastIndexOf("| ", line.length() - 3));
      Set<String> found = new TreeSet<>();
      for (Matcher test = TEST.matcher(heldBy); test.find(); ) {
        found.add(test.group(1));
        if (!tests.contains(test.group(1))) {
          wrong.add("no test " + test.group(1));
        }
      }
      for (Matcher one = CASE.matcher(heldBy); one.find(); ) {
        found.add(one.group(1));
        if (!cases.contains(one.group(1))) {
          wrong.add("no case " + one.group(1));
        }
      }
      if (found.isEmpty()) {
        wrong.add("nothing holds: " + line);
      }
      named.addAll(found);
    }

    assertEquals(List.of(), wrong);
    assertTrue(named.size() > 50, "the page was not understood: " + named);
  }
}
