package dev.holdfast.agent.assignment;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.task.Sha256;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Bodies on the disk, a file each, named by their own SHA-256 and checked against it at each read.
 */
final class Bodies {
  private static final String FOLDER = "assignments/bodies";

  private final Disk disk;
  private final Set<Sha256> present = new HashSet<>();

  Bodies(Disk disk) {
    this.disk = disk;
  }

  /** Checks what is there; what is damaged, or nobody's, is removed. */
  void load() {
    for (String name : disk.list(FOLDER)) {
      if (name.matches("[0-9a-f]{64}")) {
        Sha256 body = new Sha256(name);
        present.add(body);
        read(body);
      } else {
        disk.delete(FOLDER + "/" + name);
      }
    }
  }

  boolean has(Sha256 body) {
    return present.contains(body);
  }

  /** The bytes; empty if they are not there, or not (any more) what they should be. */
  Optional<byte[]> read(Sha256 body) {
    if (!present.contains(body)) {
      return Optional.empty();
    }
    Optional<byte[]> bytes = disk.read(path(body)).filter(read -> Sha256.of(read).equals(body));
    if (bytes.isEmpty()) {
      remove(body);
    }
    return bytes;
  }

  /** Stores bytes that were checked, durably. */
  void store(Sha256 body, byte[] bytes) {
    disk.write(path(body), bytes);
    present.add(body);
  }

  /** Removes all but these. */
  void keepOnly(Set<Sha256> needed) {
    for (Sha256 body : Set.copyOf(present)) {
      if (!needed.contains(body)) {
        remove(body);
      }
    }
  }

  private void remove(Sha256 body) {
    present.remove(body);
    disk.delete(path(body));
  }

  private static String path(Sha256 body) {
    return FOLDER + "/" + body.hex();
  }
}
