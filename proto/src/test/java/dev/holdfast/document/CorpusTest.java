package dev.holdfast.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Documents that other people wrote. */
final class CorpusTest {
  private static final int WANTED_PERCENT = 98;
  private static final Path REPORT = Path.of("docs", "corpus-refused.md");

  /**
   * A row of the manifest.
   *
   * @param apart whether it comes from somebody's test suite or is marked wrong on purpose, so that
   *     a refusal may be what it is there for
   */
  private record Row(
      String file, String kind, String schema, String platform, String actions, boolean apart) {}

  /** What reading one document came to. */
  private record Read(Row row, DocumentReading reading) {
    boolean refused() {
      return reading.document().isEmpty();
    }
  }

  @Test
  void everyDocumentOfShellScriptsForLinuxIsRead() throws IOException {
    List<String> refused = new ArrayList<>();
    int read = 0;

    for (Read one : documents()) {
      Row row = one.row;
      if (Set.of("linux", "any", "mixed").contains(row.platform)
          && row.schema.equals("2.2")
          && row.actions.equals(Plugins.RUN_SHELL_SCRIPT)
          && !row.apart) {
        read++;
        one.reading.errors().forEach(error -> refused.add(row.file + " " + error.text()));
      }
    }

    assertTrue(read > 20, "only " + read + " rows fit");
    assertEquals(List.of(), refused);
  }

  @Test
  void nearlyAllAreAcceptedAndTheCheckedInReportNamesTheOthers() throws IOException {
    List<Read> documents = documents();
    long all = documents.stream().filter(one -> !one.row.apart).count();
    long accepted = documents.stream().filter(one -> !one.row.apart && !one.refused()).count();
    System.out.println("corpus: " + accepted + " of " + all + " documents accepted");

    assertTrue(all > 150, "only " + all + " documents");
    assertTrue(accepted * 100 >= all * WANTED_PERCENT, accepted + " of " + all);
    Path report = Path.of(System.getProperty("holdfast.root")).resolve(REPORT);
    assertEquals(
        report(documents),
        Files.exists(report) ? Files.readString(report) : "",
        () ->
            REPORT
                + " is not what reading the corpus comes to; it should be:\n"
                + report(documents));
  }

  private static String report(List<Read> documents) {
    long apart = documents.stream().filter(one -> one.row.apart).count();
    long refused = documents.stream().filter(one -> !one.row.apart && one.refused()).count();
    StringBuilder text =
        new StringBuilder(
            """
            # Documents that are refused

            Of %d Command documents that other people published, as they are, %d are refused; %d more come from test suites
            or are wrong on purpose, and are counted apart. Each refusal, with what is said of it (`line:column message`). The
            test `CorpusTest` reads them all and compares with this page where they lie beside the checkout.

            | document | counted | schema | what is said |
            | --- | --- | --- | --- |
            """
                .formatted(documents.size() - apart, refused, apart));
    for (Read one : documents) {
      if (one.refused()) {
        String messages =
            String.join("<br>", one.reading.errors().stream().map(Problem::text).toList());
        text.append("| ")
            .append(one.row.file)
            .append(" | ")
            .append(one.row.apart ? "apart" : "yes")
            .append(" | ")
            .append(one.row.schema)
            .append(" | ")
            .append(messages.replace("|", "\\|"))
            .append(" |\n");
      }
    }
    return text.toString();
  }

  private static List<Read> documents() throws IOException {
    Path corpus = Shared.path("corpus");
    List<Read> documents = new ArrayList<>();
    for (String line : Files.readAllLines(corpus.resolve("manifest.tsv"))) {
      String[] cells = line.split("\t", -1);
      String notes = cells.length > 9 ? cells[9] : "";
      if (cells[1].equals("document")) {
        Row row =
            new Row(
                cells[0],
                cells[1],
                cells[3],
                cells[4],
                cells[5],
                notes.contains("test suite") || notes.contains("on purpose"));
        documents.add(
            new Read(row, DocumentReader.read(Files.readAllBytes(corpus.resolve(row.file)))));
      }
    }
    return documents;
  }
}
