package dev.holdfast.coordinator.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportFolderTest {
  private static final String FIRST = path("AWS:Application", 1);
  private static final String SECOND = path("Custom:Rack", 2);

  @TempDir Path parent;

  @Test
  void aFinishedExportIsItsFilesAndNothingElse() throws IOException, ClientException {
    Path folder = parent.resolve("new");
    try (ExportFolder export = ExportFolder.open(folder)) {
      assertEquals("", export.cursor());
      export.take(FIRST, "{\"a\":1}", "1");
      export.take(FIRST, "{\"a\":2}", "2");
      export.take(SECOND, "{}", "3");
      export.finish();
      assertEquals(2, export.files());
      assertEquals(3, export.lines());
    }

    assertEquals("{\"a\":1}\n{\"a\":2}\n", Files.readString(folder.resolve(FIRST)));
    assertEquals("{}\n", Files.readString(folder.resolve(SECOND)));
    assertFalse(Files.exists(folder.resolve(ExportFolder.UNFINISHED)));
  }

  @Test
  void anInterruptedOneGoesOnAfterItsLastWholeFile() throws IOException, ClientException {
    try (ExportFolder export = ExportFolder.open(parent)) {
      export.take(FIRST, "{}", "1");
      export.take(SECOND, "{\"half\":1}", "1");
    }

    try (ExportFolder export = ExportFolder.open(parent)) {
      assertEquals("1", export.cursor());
      export.take(SECOND, "{\"whole\":1}", "1");
      export.take(SECOND, "{\"whole\":2}", "2");
      export.finish();
    }

    assertEquals("{\"whole\":1}\n{\"whole\":2}\n", Files.readString(parent.resolve(SECOND)));
    assertTrue(Files.exists(parent.resolve(FIRST)));
  }

  @Test
  void anOldExportIsNotMixedWithANewOne() throws IOException {
    Files.createDirectories(parent.resolve(FIRST).getParent());

    ClientException refused =
        assertThrows(ClientException.class, () -> ExportFolder.open(parent).close());

    assertTrue(String.valueOf(refused.getMessage()).contains("is not empty"));
  }

  @Test
  void nothingOutsideOfTheFolderIsWrittenWhateverTheCoordinatorSays()
      throws IOException, ClientException {
    for (String path :
        List.of(
            "../x.json",
            "/etc/x",
            path("..", 1),
            FIRST.replace("accountid=", "accountid=../"),
            FIRST.replace("AWS:Application", "AWS:Application/.."),
            FIRST + "/../x")) {
      try (ExportFolder export = ExportFolder.open(parent)) {
        assertThrows(ClientException.class, () -> export.take(path, "{}", "1"), path);
      }
    }
    try (var there = Files.list(parent)) {
      assertEquals(
          List.of(ExportFolder.UNFINISHED),
          there.map(file -> file.getFileName().toString()).toList());
    }
  }

  private static String path(String type, int instance) {
    return type
        + "/accountid=fleet.test/region=local/resourcetype=ManagedInstanceInventory/"
        + String.format("mi-%017x.json", instance);
  }
}
