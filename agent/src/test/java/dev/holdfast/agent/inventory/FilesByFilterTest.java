package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.InventoryLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FilesByFilterTest {
  @TempDir Path root = Path.of("set by JUnit");

  private final List<Map<String, String>> entries = new ArrayList<>();

  @Test
  void filesAreFoundOnceByNameAndFoldersBehindLinksAreNotEntered() throws IOException {
    file("etc/a.conf", "12345");
    file("etc/a.txt", "");
    file("etc/d/b.conf", "");
    Files.createSymbolicLink(root.resolve("etc/d/loop"), root.resolve("etc"));
    Files.createSymbolicLink(root.resolve("etc/d/linked.conf"), root.resolve("etc/a.conf"));
    Files.createSymbolicLink(root.resolve("etc/d/dangling.conf"), root.resolve("nowhere"));
    Files.setLastModifiedTime(
        root.resolve("etc/a.conf"), FileTime.from(Instant.parse("2026-01-02T03:04:05.678Z")));

    new FoundFiles(root)
        .read(
            List.of(
                filter("/etc", true, "*.conf"),
                filter("/etc/d", false, "b.*"),
                filter("/missing", true, "*")),
            entries::add);

    assertEquals(
        List.of("/etc a.conf", "/etc/d b.conf", "/etc/d linked.conf"),
        entries.stream().map(e -> e.get("InstalledDir") + " " + e.get("Name")).toList());
    assertEquals(
        Map.of(
            "Name",
            "a.conf",
            "InstalledDir",
            "/etc",
            "Size",
            "5",
            "ModificationTime",
            "2026-01-02T03:04:05Z"),
        entries.getFirst());
  }

  @Test
  void moreFilesOrFoldersThanAllowedAreAnErrorThatNamesTheFilter() throws IOException {
    for (int i = 0; i <= InventoryLimits.MAX_FILES; i++) {
      file("many/" + i, "");
    }
    for (int i = 0; i < 5; i++) {
      file("deep/" + i + "/x", "");
    }

    assertEquals(5, find(new PathFilter("/deep", List.of("*"), true, 6)).size());
    String folders = mistake(new PathFilter("/deep", List.of("*"), true, 5));
    assertTrue(folders.contains("below /deep are more than 5 folders"), folders);
    String files = mistake(new PathFilter("/many", List.of("*"), false, 5));
    assertTrue(files.contains("more than 500 files fit"), files);
    assertTrue(files.contains("/many"), files);
  }

  private List<Path> find(PathFilter filter) {
    return new FileFinder(root, "AWS:File").find(List.of(filter));
  }

  private String mistake(PathFilter filter) {
    return String.valueOf(assertThrows(InventoryException.class, () -> find(filter)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "a.conf, *.conf, true",
    "a.conf, *, true",
    "a.conf, a?conf, true",
    "a.conf, *.c*f, true",
    "a.conf, a.conf.bak, false",
    "aconf, a?conf, false",
    "a.Conf, *.conf, false",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab, *a*a*a*a*a*a*a*c, false",
    "x[1], x[1], true"
  })
  void namesFitPatternsOfStarsAndQuestionMarks(String name, String pattern, boolean fits) {
    assertEquals(fits, FileFinder.fits(name, pattern));
  }

  @Test
  void aFilterIsReadWithItsDefaults() {
    assertEquals(
        new PathFilters.Reading(
            List.of(
                new PathFilter("/etc", List.of("*.conf", "x"), true, 10),
                new PathFilter("/var", List.of("*"), false, InventoryLimits.FILTER_FOLDERS)),
            Optional.empty()),
        PathFilters.read(
            "files",
            """
            [{"Path": "/etc", "Pattern": ["*.conf", "x"], "Recursive": true, "DirScanLimit": 10},
             {"Path": "/var", "Pattern": ["*"], "Recursive": "false"}]
            """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{ | files is no JSON",
        "{} | files is a JSON list",
        "[1] | files[0] is a JSON object",
        "[{'Path':'/a','Pattern':['*'],'Deep':true}] | files[0] has the unknown key 'Deep'; known"
            + " are DirScanLimit, Path, Pattern, Recursive",
        "[{'Pattern':['*']}] | files[0].Path is a text",
        "[{'Path':'a','Pattern':['*']}] | files[0].Path is an absolute path, and this is 'a'",
        "[{'Path':'/a'}] | files[0].Pattern is a list of at least one name",
        "[{'Path':'/a','Pattern':'*'}] | files[0].Pattern is a list",
        "[{'Path':'/a','Pattern':[1]}] | files[0].Pattern[0] is a text",
        "[{'Path':'/a','Pattern':['*'],'Recursive':'often'}] | files[0].Recursive is true or false",
        "[{'Path':'/a','Pattern':['*'],'DirScanLimit':0}] | files[0].DirScanLimit is a whole number"
            + " from 1 to 100000",
        "[{'Path':'/a','Pattern':['*'],'DirScanLimit':1.5}] | files[0].DirScanLimit is a whole"
            + " number",
        "[{'Path':'/a','Pattern':['*']},{'Path':'','Pattern':['*']}] | files[1].Path is a text"
      })
  void aMistakeInAFilterIsToldWithItsPlace(String json, String message) {
    PathFilters.Reading reading = PathFilters.read("files", json.replace('\'', '"'));

    assertEquals(List.of(), reading.filters());
    String told = reading.mistake().orElse("none");
    assertTrue(told.startsWith(message), told);
  }

  @Test
  void filtersOfTheRegistryAreCheckedToo() {
    assertEquals(
        Optional.empty(),
        PathFilters.registry(
            "windowsRegistry", "[{\"Path\":\"HKEY_LOCAL_MACHINE\\\\X\",\"ValueNames\":[\"A\"]}]"));
    assertTrue(
        PathFilters.registry("windowsRegistry", "[{\"Path\":1}]").orElse("").contains("[0].Path"));
  }

  private static PathFilter filter(String path, boolean recursive, String... patterns) {
    return new PathFilter(path, List.of(patterns), recursive, 100);
  }

  private void file(String path, String content) throws IOException {
    Files.createDirectories(root.resolve(path.substring(0, path.lastIndexOf('/'))));
    Files.writeString(root.resolve(path), content);
  }
}
