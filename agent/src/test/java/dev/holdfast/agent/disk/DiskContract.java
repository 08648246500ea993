package dev.holdfast.agent.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every disk does; on the real one and on the one in memory, so that this cannot drift. */
interface DiskContract {

  /** A new, empty one. */
  Disk disk();

  @Test
  default void whatIsNotThereReadsAsNothing() {
    Disk disk = disk();

    assertEquals(Optional.empty(), disk.read("a/b"));
    assertEquals(List.of(), disk.list("a"));
    disk.delete("a");
    disk.delete("a/b");
    disk.sync("a/b");
  }

  @Test
  default void aWriteMakesFoldersAndReplacesWhatWasThere() {
    Disk disk = disk();

    disk.write("a/b/c", bytes("first, and longer"));
    disk.write("a/b/c", bytes("second"));

    assertEquals("second", text(disk, "a/b/c"));
  }

  @Test
  default void appendsAddUpAndMakeTheirFile() {
    Disk disk = disk();

    disk.append("a/log", bytes("one"));
    disk.append("a/log", bytes(""));
    disk.append("a/log", bytes(" two"));
    disk.sync("a/log");

    assertEquals("one two", text(disk, "a/log"));
  }

  @Test
  default void aWriteAfterAppendsReplacesThemAndAppendsGoOnFromThere() {
    Disk disk = disk();
    disk.append("log", bytes("old"));

    disk.write("log", bytes("new"));
    disk.append("log", bytes(" and more"));

    assertEquals("new and more", text(disk, "log"));
  }

  @Test
  default void aFileIsCutToALength() {
    Disk disk = disk();
    disk.append("log", bytes("whole|torn"));

    disk.truncate("log", 6);
    disk.append("log", bytes("next"));

    assertEquals("whole|next", text(disk, "log"));
  }

  @Test
  default void aFolderListsTheNamesRightBelowItSorted() {
    Disk disk = disk();
    disk.write("runs/b/state", bytes("1"));
    disk.write("runs/b/log", bytes("1"));
    disk.write("runs/a", bytes("1"));
    disk.write("runsother/c", bytes("1"));

    assertEquals(List.of("a", "b"), disk.list("runs"));
  }

  @Test
  default void aFolderIsDeletedWithAllThatIsInIt() {
    Disk disk = disk();
    disk.write("runs/b/deep/state", bytes("1"));
    disk.write("runs/bc", bytes("stays"));

    disk.delete("runs/b");

    assertTrue(disk.read("runs/b/deep/state").isEmpty());
    assertEquals(List.of("bc"), disk.list("runs"));
  }

  @Test
  default void aFileIsDeletedAlone() {
    Disk disk = disk();
    disk.write("a", bytes("1"));
    disk.write("ab", bytes("2"));

    disk.delete("a");

    assertFalse(disk.read("a").isPresent());
    assertEquals("2", text(disk, "ab"));
  }

  @Test
  default void whatWasReadOrWrittenIsACopy() {
    Disk disk = disk();
    byte[] content = bytes("safe");
    disk.write("a", content);

    content[0] = 'X';
    disk.read("a").orElseThrow()[1] = 'X';

    assertArrayEquals(bytes("safe"), disk.read("a").orElseThrow());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Disk disk, String path) {
    return new String(disk.read(path).orElseThrow(), StandardCharsets.UTF_8);
  }
}
