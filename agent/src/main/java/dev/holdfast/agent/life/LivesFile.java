package dev.holdfast.agent.life;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.life.CrashRule.Crash;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file behind {@link Lives}: a format version, the hash of what follows, and that. */
final class LivesFile {
  private static final Logger LOG = LoggerFactory.getLogger("life");
  private static final String PATH = "lives";
  private static final int FORMAT = 1;

  private final Disk disk;

  LivesFile(Disk disk) {
    this.disk = disk;
  }

  /**
   * What is in it.
   *
   * @param lives whether the life that wrote it has not ended in order
   * @param bootId names the start of the host in which it was written
   */
  record Content(boolean lives, String bootId, List<Crash> crashes, List<Parking> parked) {
    static final Content NONE = new Content(false, "", List.of(), List.of());

    Content {
      crashes = List.copyOf(crashes);
      parked = List.copyOf(parked);
    }
  }

  /**
   * Reads it; {@link Content#NONE} if it is not there, or damaged.
   *
   * @throws IllegalStateException if a newer version wrote it
   */
  Content read() {
    Optional<byte[]> bytes = disk.read(PATH);
    if (bytes.isEmpty()) {
      return Content.NONE;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.get()))) {
      int format = in.readInt();
      byte[] hash = in.readNBytes(32);
      byte[] body = in.readAllBytes();
      boolean whole = hash.length == 32 && Sha256.of(body).equals(Sha256.ofRaw(hash));
      if (whole && format != FORMAT) {
        throw new IllegalStateException(
            PATH + " has a format that this version does not know; use the version that wrote it");
      }
      if (whole) {
        return content(new DataInputStream(new ByteArrayInputStream(body)));
      }
    } catch (IOException e) {
      LOG.debug("it ends early reason={}", e.toString());
    }
    LOG.error("the file {} is damaged; what was parked is not known any more", PATH);
    return Content.NONE;
  }

  void write(Content content) {
    try {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      write(content, new DataOutputStream(body));
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(whole);
      out.writeInt(FORMAT);
      out.write(Sha256.of(body.toByteArray()).raw());
      out.write(body.toByteArray());
      disk.write(PATH, whole.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
  }

  private static void write(Content content, DataOutputStream out) throws IOException {
    out.writeBoolean(content.lives());
    out.writeUTF(content.bootId());
    out.writeInt(content.crashes().size());
    for (Crash crash : content.crashes()) {
      out.writeLong(crash.at().toEpochMilli());
      out.writeBoolean(crash.run().isPresent());
      if (crash.run().isPresent()) {
        write(crash.run().get(), out);
      }
    }
    out.writeInt(content.parked().size());
    for (Parking parking : content.parked()) {
      write(parking.suspect(), out);
      out.writeLong(parking.since().toEpochMilli());
      out.writeUTF(parking.why());
    }
  }

  private static void write(Suspect suspect, DataOutputStream out) throws IOException {
    out.writeUTF(suspect.association().value());
    out.writeUTF(suspect.trigger().text());
    out.writeUTF(suspect.assignment().hex());
  }

  private static Content content(DataInputStream in) throws IOException {
    boolean lives = in.readBoolean();
    String bootId = in.readUTF();
    List<Crash> crashes = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      crashes.add(
          new Crash(
              Instant.ofEpochMilli(in.readLong()),
              in.readBoolean() ? Optional.of(suspect(in)) : Optional.empty()));
    }
    List<Parking> parked = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      parked.add(new Parking(suspect(in), Instant.ofEpochMilli(in.readLong()), in.readUTF()));
    }
    return new Content(lives, bootId, crashes, parked);
  }

  private static Suspect suspect(DataInputStream in) throws IOException {
    return new Suspect(
        new AssociationId(in.readUTF()),
        Trigger.parse(in.readUTF()).orElseThrow(() -> new IOException("not a trigger")),
        new Sha256(in.readUTF()));
  }
}
