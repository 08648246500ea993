package dev.holdfast.agent.run;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.task.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The runs that have not been forgotten, on disk: for each a folder with its intent, written once,
 * its state, replaced whole, and which versions of SecureStrings it uses. Each file begins with a
 * format version and the hash of what follows.
 */
final class RunJournal {
  private static final String FOLDER = "journal";
  private static final int FORMAT = 1;

  private final Disk disk;

  RunJournal(Disk disk) {
    this.disk = disk;
  }

  /** The runs that are in it, by their keys. */
  List<String> keys() {
    return disk.list(FOLDER);
  }

  /** Notes that a run is about to start; durable when this returns. */
  void begin(RunIntent intent) {
    write(intent.key(), "intent", out -> RunBytes.write(intent, out));
  }

  /** Notes where a run is; durable when this returns. */
  void note(String key, RunState state) {
    write(key, "state", out -> RunBytes.write(state, out));
  }

  /**
   * Notes the versions of the SecureStrings that a run uses, by name; durable when this returns.
   */
  void note(String key, Map<String, Integer> secrets) {
    write(key, "secrets", out -> RunBytes.write(secrets, out));
  }

  /** What was noted of the SecureStrings of a run; nothing if it was not, or is damaged. */
  Map<String, Integer> secrets(String key) {
    return read(key, "secrets", RunBytes::secrets).orElse(Map.of());
  }

  /** The intent of a run; empty if there is none, or it is damaged. */
  Optional<RunIntent> intent(String key) {
    return read(key, "intent", RunBytes::intent);
  }

  /** Where a run is: at its beginning, if nothing was noted. */
  Optional<RunState> state(String key) {
    return disk.read(path(key, "state")).isEmpty()
        ? Optional.of(new RunState.Ready(List.of()))
        : read(key, "state", RunBytes::state);
  }

  /** Whether there is anything of a run. */
  boolean has(String key) {
    return keys().contains(key);
  }

  /** Forgets a run, the documents within it first: none of them is ever found without it. */
  void forget(String key) {
    for (String each : keys()) {
      if (each.startsWith(key + ".")) {
        disk.delete(FOLDER + "/" + each);
      }
    }
    disk.delete(FOLDER + "/" + key);
  }

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  private interface Reading<T> {
    T from(DataInputStream in) throws IOException;
  }

  private void write(String key, String file, Writing content) {
    try {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      content.to(new DataOutputStream(body));
      ByteArrayOutputStream whole = new ByteArrayOutputStream(body.size() + 40);
      DataOutputStream out = new DataOutputStream(whole);
      out.writeInt(FORMAT);
      out.write(Sha256.of(body.toByteArray()).raw());
      out.write(body.toByteArray());
      disk.write(path(key, file), whole.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
  }

  private <T> Optional<T> read(String key, String file, Reading<T> content) {
    Optional<byte[]> bytes = disk.read(path(key, file));
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.get()))) {
      int format = in.readInt();
      byte[] hash = in.readNBytes(32);
      byte[] body = in.readAllBytes();
      if (hash.length != 32 || !Sha256.of(body).equals(Sha256.ofRaw(hash))) {
        return Optional.empty();
      }
      if (format != FORMAT) {
        throw new IllegalStateException(
            path(key, file)
                + " has a format that this version does not know; use the version that wrote it");
      }
      return Optional.of(content.from(new DataInputStream(new ByteArrayInputStream(body))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String path(String key, String file) {
    return FOLDER + "/" + key + "/" + file;
  }
}
