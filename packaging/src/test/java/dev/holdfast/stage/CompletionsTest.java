package dev.holdfast.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What packages bring so that shells complete words. */
final class CompletionsTest {
  private static final Path BIN =
      Path.of(System.getProperty("holdfast.root")).resolve("packaging/bin");

  @TempDir private Path root;

  @Test
  void eachProgramHasAFileOfItsName() throws Exception {
    for (Program program : Program.ALL) {
      for (String name : program.launchers()) {
        Completions.make(BIN.resolve(name), root);

        String made = Files.readString(root.resolve(Completions.PLACE).resolve(name));
        assertTrue(made.startsWith("#!/usr/bin/env bash\n"), made);
        assertTrue(made.contains("\ncomplete -F _complete_" + name + " "), name);
      }
    }
  }

  @Test
  void aProgramThatPrintsNothingIsNoReasonToPackNothing() throws Exception {
    Path silent = Files.writeString(root.resolve("silent"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(silent, PosixFilePermissions.fromString("rwxr-xr-x"));

    Exception failure =
        assertThrows(IllegalStateException.class, () -> Completions.make(silent, root));

    assertEquals(
        silent + " completion printed nothing to use, and ended with 0", failure.getMessage());
  }
}
