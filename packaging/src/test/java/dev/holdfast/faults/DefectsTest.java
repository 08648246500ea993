package dev.holdfast.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether the fault suite bites. The profile {@code defects} builds each broken variant and runs
 * the case that must find it; {@code -Ddefects=N,N} only some.
 */
final class DefectsTest {
  private static final Path CHECKOUT =
      Path.of(Objects.requireNonNull(System.getProperty("holdfast.root")));

  @TempDir private Path folder;

  @Test
  void everyDefectIsWrittenForTheCodeAsItIs() throws IOException {
    for (Defect defect : Defect.ALL) {
      Cases.named(defect.caughtBy());
      for (Defect.Change change : defect.changes()) {
        String source = Files.readString(CHECKOUT.resolve(change.path()));
        assertEquals(
            2,
            (source + " ").split(java.util.regex.Pattern.quote(change.text()), -1).length,
            "defect " + defect.number() + ": not exactly once in " + change.path());
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> theCaseFindsIt() {
    String wanted = System.getProperty("defects", "");
    List<String> numbers = List.of(wanted.split(","));
    return Defect.ALL.stream()
        .filter(one -> wanted.equals("all") || numbers.contains(Integer.toString(one.number())))
        .map(one -> DynamicTest.dynamicTest(one.number() + ": " + one.what(), () -> found(one)));
  }

  private void found(Defect defect) throws IOException, InterruptedException {
    long began = System.nanoTime();
    String said =
        BrokenBuild.of(CHECKOUT, folder.resolve("defect-" + defect.number()), defect)
            .run(defect.caughtBy(), defect.scale());
    Assumptions.assumeFalse(said.contains(defect.caughtBy() + " skipped"), said);
    boolean caught = said.contains(defect.caughtBy() + " FAIL");
    System.out.printf(
        "defect %d, %s: %s by %s in %.0f s%n%s%n",
        defect.number(),
        defect.what(),
        caught ? "caught" : "MISSED",
        defect.caughtBy(),
        (System.nanoTime() - began) / 1e9,
        said);
    assertTrue(caught, said);
  }
}
