package dev.holdfast.agent.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Commands by real processes. */
public final class OsCommands implements Commands {
  /** How long the end of its output is waited for after its end: somebody may hold it open. */
  private static final Duration OUTPUT_GRACE = Duration.ofSeconds(5);

  @Override
  public Ran run(Command command) throws InterruptedException {
    Process process = start(command);
    HeadAndTail stdout = new HeadAndTail(command.keep());
    HeadAndTail stderr = new HeadAndTail(command.keep());
    // not virtual ones: each would keep a carrier for as long as the program is silent
    Thread out = Thread.ofPlatform().daemon().start(() -> stdout.readAll(process.getInputStream()));
    Thread err = Thread.ofPlatform().daemon().start(() -> stderr.readAll(process.getErrorStream()));
    Thread in =
        command.input().isEmpty()
            ? out
            : Thread.ofPlatform().daemon().start(() -> write(process, command.input()));
    if (!process.waitFor(command.atMost().toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      throw new ProcessException(
          command.words().getFirst() + " took more than " + command.atMost().toSeconds() + " s",
          new TimeoutException());
    }
    for (Thread thread : List.of(out, err)) {
      if (!thread.join(OUTPUT_GRACE)) {
        close(process);
      }
    }
    in.interrupt();
    return new Ran(process.exitValue(), stdout.text(), stderr.text());
  }

  private static Process start(Command command) {
    ProcessBuilder builder = new ProcessBuilder(command.words());
    builder.directory(command.workingFolder().toFile());
    if (command.input().isEmpty()) {
      builder.redirectInput(new File("/dev/null"));
    }
    builder.environment().clear();
    builder.environment().putAll(command.environment());
    builder.environment().put(Mark.TREE, Mark.of(command.folder()).text());
    try {
      return builder.start();
    } catch (IOException | IllegalArgumentException e) {
      throw new ProcessException(
          "cannot start " + command.words().getFirst() + ": " + e.getMessage(), e);
    }
  }

  private static void write(Process process, String input) {
    try (OutputStream out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // A program need not read what it is given.
    }
  }

  private static void close(Process process) {
    try {
      process.getInputStream().close();
      process.getErrorStream().close();
    } catch (IOException e) {
      // What it would still have said is nobody's.
    }
  }

  /** The first bytes of a stream, its last, and how many there were. */
  private static final class HeadAndTail {
    private final byte[] head;
    private final byte[] ring;
    private long total;

    HeadAndTail(int keep) {
      this.head = new byte[keep];
      this.ring = new byte[keep];
    }

    void readAll(InputStream stream) {
      byte[] buffer = new byte[8 * 1024];
      try (stream) {
        for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
          add(buffer, n);
        }
      } catch (IOException e) {
        // Closed from our side: what came before it is kept.
      }
    }

    private synchronized void add(byte[] bytes, int length) {
      for (int i = 0; i < length; i++, total++) {
        if (total < head.length) {
          head[(int) total] = bytes[i];
        } else {
          ring[(int) ((total - head.length) % ring.length)] = bytes[i];
        }
      }
    }

    synchronized String text() {
      if (total <= head.length) {
        return Ran.text(java.util.Arrays.copyOf(head, (int) total));
      }
      long after = total - head.length;
      int kept = (int) Math.min(after, ring.length);
      byte[] tail = new byte[kept];
      for (int i = 0; i < kept; i++) {
        tail[i] = ring[(int) ((after - kept + i) % ring.length)];
      }
      String gap = after > kept ? "\n[" + (after - kept) + " bytes left out]\n" : "";
      if (gap.isEmpty()) {
        byte[] all = java.util.Arrays.copyOf(head, head.length + kept);
        System.arraycopy(tail, 0, all, head.length, kept);
        return Ran.text(all);
      }
      return Ran.text(head) + gap + Ran.text(tail);
    }
  }
}
