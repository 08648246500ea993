package dev.holdfast.agent.assignment;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.WireException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The file that says what is held, wanted and in effect. Replaced whole at each change. */
final class SetFile {
  /** A set in it, as bytes. */
  static final int MAX_SET_BYTES = Frames.MAX_CONTENT;

  private static final String PATH = "assignments/set";
  private static final byte[] VERSION = {1};

  private final Disk disk;
  private byte[] written = new byte[0];
  private AssignmentSet newest = AssignmentSet.NONE;
  private byte[] newestBytes = AssignmentCodec.setToBytes(newest);

  SetFile(Disk disk) {
    this.disk = disk;
  }

  /**
   * What is in it.
   *
   * @param held the last set that was adopted whole
   * @param wanted the newest set that came; the same unless bodies are missing
   * @param inEffect the lines that are followed, each from {@code held}, {@code wanted}, or a set
   *     that was wanted in between; the rest of it means nothing: generation, cancellations and
   *     triggers are those of {@code wanted}
   */
  record Content(AssignmentSet held, AssignmentSet wanted, AssignmentSet inEffect) {
    static final Content NONE =
        new Content(AssignmentSet.NONE, AssignmentSet.NONE, AssignmentSet.NONE);
  }

  /** Reads it; empty if it is damaged, {@link Content#NONE} if there is none. */
  Optional<Content> read() {
    Optional<byte[]> bytes = disk.read(PATH);
    if (bytes.isEmpty()) {
      return Optional.of(Content.NONE);
    }
    Frames.Reading reading = Frames.read(bytes.get());
    List<byte[]> parts = reading.contents();
    if (parts.isEmpty() || reading.damaged() > 0 || reading.end() < bytes.get().length) {
      return Optional.empty();
    }
    if (!Arrays.equals(parts.getFirst(), VERSION)) {
      throw new IllegalStateException(
          PATH + " has a format that this version does not know; use the version that wrote it");
    }
    try {
      Content content =
          new Content(
              AssignmentCodec.setFromBytes(parts.get(1)),
              AssignmentCodec.setFromBytes(parts.get(2)),
              AssignmentCodec.setFromBytes(parts.get(3)));
      written = bytes.get();
      return Optional.of(content);
    } catch (WireException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** How large a set would be in it, in bytes. */
  int bytes(AssignmentSet set) {
    return encoded(set).length;
  }

  /** Writes it durably, unless it says the same already. */
  void write(Content content) {
    byte[] bytes =
        Frames.frames(
            List.of(
                VERSION,
                encoded(content.held()),
                encoded(content.wanted()),
                encoded(content.inEffect())));
    if (!Arrays.equals(bytes, written)) {
      disk.write(PATH, bytes);
      written = bytes;
    }
  }

  /** A set that is held as soon as it is wanted, as most are, is encoded once. */
  private byte[] encoded(AssignmentSet set) {
    if (!set.equals(newest)) {
      newest = set;
      newestBytes = AssignmentCodec.setToBytes(set);
    }
    return newestBytes;
  }
}
