package dev.holdfast.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.DocumentLimits;
import dev.holdfast.task.IdentityLimits;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Limits;
import dev.holdfast.task.PeopleLimits;
import dev.holdfast.task.RetentionLimits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.TransportLimits;
import dev.holdfast.task.WatchLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/limits.md} is what the classes of limits say, and nothing else. */
final class LimitsPageTest {
  private static final Path ROOT = Path.of(System.getProperty("holdfast.root"));
  private static final List<Class<?>> TABLES =
      List.of(
          TransportLimits.class,
          Limits.class,
          IdentityLimits.class,
          PeopleLimits.class,
          RunLimits.class,
          RetentionLimits.class,
          InventoryLimits.class,
          WatchLimits.class,
          DocumentLimits.class);

  private static final Pattern HEADING = Pattern.compile("(.*?)\\. Beyond: (.*)\\.");
  private static final Pattern CONSTANT =
      Pattern.compile("^  public static final (\\w+) ([A-Z_0-9]+)\\b.*");

  private static final String BEFORE =
      """
      # Limits

      All bounds of both programs, as the classes of limits have them; a test compares this page with those. Each section says what
      happens beyond its bounds. What can be configured is under `limits.` in [operations](operations.md).
      """;

  @Test
  void thePageSaysWhatTheClassesDo() throws IOException, ReflectiveOperationException {
    StringBuilder page = new StringBuilder(BEFORE);
    for (Class<?> table : TABLES) {
      section(page, table);
    }
    Path made = Files.createDirectories(ROOT.resolve("packaging/target")).resolve("limits.md");
    Files.writeString(made, page);

    assertEquals(
        page.toString(),
        Files.readString(ROOT.resolve("docs/limits.md")),
        "docs/limits.md is out of date; the right one is " + made);
  }

  private static void section(StringBuilder page, Class<?> table)
      throws IOException, ReflectiveOperationException {
    Path source =
        ROOT.resolve("proto/src/main/java/" + table.getName().replace('.', '/') + ".java");
    StringBuilder doc = new StringBuilder();
    StringBuilder heading = new StringBuilder();
    boolean headed = false;
    int rows = 0;
    for (String line : Files.readAllLines(source)) {
      Matcher constant = CONSTANT.matcher(line);
      String text = line.strip();
      if (text.startsWith("// ")) {
        heading.append(heading.isEmpty() ? "" : " ").append(words(text.substring(3)));
      } else if (!heading.isEmpty()) {
        Matcher said = HEADING.matcher(heading);
        assertTrue(said.matches(), "a heading that does not say what is beyond: " + heading);
        page.append("\n## ").append(said.group(1)).append("\n\nBeyond: ").append(said.group(2));
        page.append(".\n\n| limit | value | what it bounds |\n| --- | --- | --- |\n");
        heading.setLength(0);
        headed = true;
      } else if (text.startsWith("/**")) {
        doc.setLength(0);
        doc.append(words(text.substring(3)));
      } else if (text.startsWith("*") && !text.equals("*/")) {
        doc.append(' ').append(words(text.substring(1)));
      } else if (constant.matches()) {
        assertTrue(headed, constant.group(2) + " of " + table + " is below no heading");
        assertFalse(doc.isEmpty(), constant.group(2) + " has no sentence");
        Object value = table.getField(constant.group(2)).get(null);
        page.append("| `").append(constant.group(2)).append("` | ");
        page.append(told(constant.group(2), value)).append(" | ");
        page.append(plain(doc.toString())).append(" |\n");
        rows++;
        doc.setLength(0);
      }
    }
    assertEquals(table.getFields().length, rows, "of " + table + " not every limit is on the page");
  }

  private static String words(String line) {
    return line.replace("*/", "").strip();
  }

  private static String plain(String doc) {
    return doc.replaceAll("\\{@(?:code|link)\\s+([^}]*)}", "`$1`")
        .replace("`#", "`")
        .replaceAll("\\s+", " ")
        .strip();
  }

  /** A value with its unit, which the name or the type says. */
  private static String told(String name, Object value) {
    if (value instanceof Duration time) {
      return time(time);
    }
    long number = ((Number) value).longValue();
    String unit = "";
    if (name.contains("BYTES") && !name.contains("BYTES_AT_ONCE")) {
      return bytes(number) + (name.endsWith("A_SECOND") ? " a second" : "");
    } else if (name.contains("PERCENT")) {
      unit = " %";
    } else if (name.endsWith("A_SECOND") || name.contains("A_SECOND_")) {
      unit = " a second";
    } else if (name.endsWith("A_MINUTE")) {
      unit = " a minute";
    } else if (name.endsWith("SECONDS")) {
      unit = " s";
    } else if (name.contains("CHARS")) {
      unit = " characters";
    }
    return String.format(Locale.ROOT, "%,d", number) + unit;
  }

  private static String time(Duration time) {
    if (time.toMillis() % 1000 != 0) {
      return String.format(Locale.ROOT, "%,d ms", time.toMillis());
    }
    long seconds = time.toSeconds();
    return seconds % 86_400 == 0 && seconds >= 2 * 86_400
        ? seconds / 86_400 + " d"
        : seconds % 3_600 == 0 && seconds >= 3_600
            ? seconds / 3_600 + " h"
            : seconds % 60 == 0 && seconds >= 120 ? seconds / 60 + " min" : seconds + " s";
  }

  private static String bytes(long number) {
    return number % (1024 * 1024) == 0
        ? number / (1024 * 1024) + " MiB"
        : number % 1024 == 0
            ? number / 1024 + " KiB"
            : String.format(Locale.ROOT, "%,d bytes", number);
  }
}
