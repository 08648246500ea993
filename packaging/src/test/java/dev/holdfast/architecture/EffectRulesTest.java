package dev.holdfast.architecture;

import java.io.FileOutputStream;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Where the programs may touch the world. Everywhere else it comes in through a constructor. */
final class EffectRulesTest {
  private static final String[] ROOTS = {
    Classes.AGENT,
    Classes.COORDINATOR,
    "dev.holdfast.agent.command",
    "dev.holdfast.coordinator.command",
    "dev.holdfast.coordinator.client",
    // The owner's thread: what time is on it comes from here.
    "dev.holdfast.task",
  };

  private static final String[] WRITERS = {
    "dev.holdfast.agent",
    "dev.holdfast.agent.command",
    "dev.holdfast.agent.disk",
    // Puts what is downloaded where a document says, which may be anywhere.
    "dev.holdfast.agent.download",
    // Makes the state folder, before there is a Disk over it.
    "dev.holdfast.agent.identity",
    "dev.holdfast.agent.process",
    // Keeps the files of the host itself, which is what they are for.
    "dev.holdfast.agent.state",
    "dev.holdfast.coordinator",
    "dev.holdfast.coordinator.client",
    "dev.holdfast.coordinator.command",
    "dev.holdfast.coordinator.server",
    "dev.holdfast.coordinator.store",
    "dev.holdfast.coordinator.trust",
  };

  @Test
  void clocksAreReadOnlyInTheRoots() {
    String reason = "time is an argument, or comes from Timers: tests and simulations set it";
    for (Class<?> type :
        new Class<?>[] {
          Instant.class,
          LocalDate.class,
          LocalDateTime.class,
          OffsetDateTime.class,
          ZonedDateTime.class,
        }) {
      Classes.onlyIn(ROOTS, reason, type, Set.of("now"));
    }
    Classes.onlyIn(ROOTS, reason, System.class, Set.of("currentTimeMillis", "nanoTime"));
    Classes.onlyIn(ROOTS, reason, Clock.class, Set.of("system", "systemUTC", "systemDefaultZone"));
    Classes.onlyIn(ROOTS, reason, InstantSource.class, Set.of("system"));
    Classes.onlyIn(ROOTS, reason, Date.class, Set.of("<init>"));
  }

  @Test
  void nobodyButACommandSleeps() {
    String reason = "who waits asks Timers for a call back; a sleeping owner is deaf";
    Classes.onlyIn(ROOTS, reason, Thread.class, Set.of("sleep"));
    Classes.onlyIn(ROOTS, reason, TimeUnit.class, Set.of("sleep"));
  }

  @Test
  void randomnessIsMadeOnlyInTheRoots() {
    String reason = "what is drawn must be repeatable from a seed";
    Classes.onlyIn(ROOTS, reason, Random.class, Set.of("<init>"));
    Classes.onlyIn(ROOTS, reason, SplittableRandom.class, Set.of("<init>"));
    Classes.onlyIn(ROOTS, reason, UUID.class, Set.of("randomUUID"));
    Classes.onlyIn(ROOTS, reason, Math.class, Set.of("random"));
    Classes.onlyIn(ROOTS, reason, ThreadLocalRandom.class, Set.of());
    Classes.onlyIn(ROOTS, reason, java.security.SecureRandom.class, Set.of("<init>"));
  }

  @Test
  void theProcessIsLookedAtAndEndedOnlyInTheRoots() {
    Classes.onlyIn(
        ROOTS,
        "a part that ends the program takes the others' unsynced work with it",
        System.class,
        Set.of("exit"));
    Classes.onlyIn(
        new String[] {Classes.AGENT, Classes.COORDINATOR},
        "halting is for a disk that no longer syncs, decided where the whole is known",
        Runtime.class,
        Set.of("halt", "exit"));
    Classes.onlyIn(
        ROOTS, "configuration is read once, at the root", System.class, Set.of("getenv"));
    Classes.onlyIn(
        ROOTS,
        "standard output is for what a command prints; the rest is logged",
        System.class,
        Set.of("out", "err"));
  }

  @Test
  void filesAreWrittenOnlyWhereTheyAreSyncedAndModed() {
    String reason =
        "a file is made 0600 from the first moment, synced and renamed: few places know how";
    Classes.onlyIn(
        WRITERS,
        reason,
        Files.class,
        Set.of(
            "write",
            "writeString",
            "newOutputStream",
            "newBufferedWriter",
            "createFile",
            "createDirectory",
            "createDirectories",
            "createTempFile",
            "createTempDirectory",
            "createLink",
            "createSymbolicLink",
            "copy",
            "move",
            "delete",
            "deleteIfExists",
            "setPosixFilePermissions"));
    Classes.onlyIn(WRITERS, reason, FileChannel.class, Set.of("open"));
    Classes.onlyIn(WRITERS, reason, FileOutputStream.class, Set.of("<init>"));
    Classes.onlyIn(WRITERS, reason, FileWriter.class, Set.of("<init>"));
    Classes.onlyIn(WRITERS, reason, RandomAccessFile.class, Set.of("<init>"));
  }
}
