package dev.holdfast.agent.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileDiskTest implements DiskContract {
  @TempDir Path folder = Path.of("");

  @Override
  public Disk disk() {
    return new FileDisk(folder);
  }

  @Test
  void onlyTheOwnerCanReadWhatItMakes() throws IOException {
    Disk disk = disk();
    disk.write("a/written", new byte[] {1});
    disk.append("a/appended", new byte[] {1});

    assertEquals("rwx------", permissions("a"));
    assertEquals("rw-------", permissions("a/written"));
    assertEquals("rw-------", permissions("a/appended"));
  }

  @Test
  void aPathThatLeavesTheFolderIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> disk().write("../a", new byte[] {1}));
  }

  @Test
  void whatItCannotDoIsThrownWithThePlace() {
    Disk disk = disk();
    disk.write("a", new byte[] {1});

    DiskException failure =
        assertThrows(DiskException.class, () -> disk.write("a/b", new byte[] {1}));

    assertEquals("cannot write a/b", String.valueOf(failure.getMessage()).split(":")[0]);
  }

  private String permissions(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(path)));
  }
}
