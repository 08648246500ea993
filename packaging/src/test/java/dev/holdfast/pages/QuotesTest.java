package dev.holdfast.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What docs/troubleshooting.md quotes of the programs is in their sources, word by word. */
final class QuotesTest {
  private static final Path ROOT = Path.of(System.getProperty("holdfast.root"));

  /** Commands, files, ids, what others say: held to what there is elsewhere, or not ours. */
  private static final Pattern NO_QUOTE =
      Pattern.compile(
          "(holdfast|systemctl|journalctl|curl|kill|ss|chmod|chown|runuser|dpkg|du|df)[a-z-]* .*"
              + "|[/-].*|[\\w.-]+\\.(yaml|md|key|pem|db-wal)|holdfast_\\w+|dmesg|call|sqlite3"
              + "|mi-\\w+|…|Connection refused");

  /** All that the programs say and name, in one text. */
  private static String said = "";

  @BeforeAll
  static void read() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String module : List.of("proto", "agent", "coordinator")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          all.append(whole(Files.readString(file))).append('\n');
        }
      }
    }
    said = all.toString();
  }

  /** A message that is written in several pieces becomes one. */
  private static String whole(String source) {
    return source.replaceAll("\"\\s*\\+\\s*\"", "").replace("\\\"", "\"");
  }

  @Test
  void everyQuoteIsInThePrograms() {
    List<Page.Span> quotes =
        Page.named("docs/troubleshooting.md").spans().stream()
            .filter(span -> !NO_QUOTE.matcher(span.text()).matches())
            .toList();

    List<String> wrong = new ArrayList<>();
    for (Page.Span quote : quotes) {
      if (!known(quote.text())) {
        wrong.add(quote.line() + ": " + quote.text());
      }
    }

    assertEquals(List.of(), wrong);
    assertTrue(quotes.size() > 80, "the page was not understood: " + quotes.size());
  }

  @Test
  void whatNobodySaysIsFound() {
    assertTrue(known("others can write to the state folder"));
    assertFalse(known("others can write to the folder of state"));
    assertTrue(known("SAFE_MODE"));
    assertFalse(known("SAFE_MOD"));
    assertTrue(known("InProgress"));
    assertFalse(known("InProgres"));
  }

  /** Names as whole words, those of enums also as the schema spells them. */
  private static boolean known(String quote) {
    if (quote.contains(" ")) {
      return said.contains(quote);
    }
    String spelt = quote.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    return Pattern.compile("\\b" + Pattern.quote(quote) + "\\b|_" + Pattern.quote(spelt) + " = ")
        .matcher(said)
        .find();
  }
}
