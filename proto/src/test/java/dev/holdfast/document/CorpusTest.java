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

  private record Row(
      String file,
      String kind,
      String schema,
      String platform,
      String actions,
      String group,
      String source,
      String notes) {
    boolean fromTestSuite() {
      return source.contains("test") || notes.contains("test") || notes.contains("wrong");
    }
  }

  @Test
  void everyDocumentOfShellScriptsForLinuxIsRead() throws IOException {
    Path corpus = Shared.path("corpus");
    List<String> refused = new ArrayList<>();
    int read = 0;

    for (Row row : rows(corpus)) {
      if (row.kind.equals("document")
          && Set.of("linux", "any", "mixed").contains(row.platform)
          && row.schema.equals("2.2")
          && row.actions.equals(Plugins.RUN_SHELL_SCRIPT)
          && !row.fromTestSuite()) {
        DocumentReading reading = DocumentReader.read(Files.readAllBytes(corpus.resolve(row.file)));
        read++;
        reading.errors().forEach(error -> refused.add(row.file + " " + error.text()));
      }
    }

    assertTrue(read > 20, "only " + read + " rows fit");
    assertEquals(List.of(), refused);
  }

  @Test
  void mostDocumentsOfAnyKindAreReadAndTheRestIsRefusedWithAReason() throws IOException {
    Path corpus = Shared.path("corpus");
    int read = 0;
    int all = 0;

    for (Row row : rows(corpus)) {
      if (row.kind.equals("document") && !row.fromTestSuite()) {
        all++;
        DocumentReading reading = DocumentReader.read(Files.readAllBytes(corpus.resolve(row.file)));
        if (reading.document().isPresent()) {
          read++;
        } else {
          System.out.println(
              "refused "
                  + row.file
                  + " ("
                  + row.schema
                  + ") "
                  + reading.errors().getFirst().text());
        }
      }
    }
    System.out.println("corpus: " + read + " of " + all + " documents read");

    assertTrue(read * 100 >= all * 90, read + " of " + all);
  }

  private static List<Row> rows(Path corpus) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(corpus.resolve("manifest.tsv"))) {
      List<String> cells = List.of(line.split("\t", -1));
      rows.add(
          new Row(
              cells.get(0),
              cells.get(1),
              cells.get(3),
              cells.get(4),
              cells.get(5),
              cells.get(7),
              cells.get(8),
              cells.size() > 9 ? cells.get(9) : ""));
    }
    return rows;
  }
}
