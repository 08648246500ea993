package dev.holdfast.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.Limits;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControlSocketTest {
  @TempDir private Path folder;
  private final Patience timers = new Patience();
  private final BlockingQueue<Integer> put = new LinkedBlockingQueue<>();

  private final ControlSocket.Answers agent =
      new ControlSocket.Answers() {
        @Override
        public String status() {
          return "well";
        }

        @Override
        public String put(String type, byte[] content) {
          put.add(content.length);
          return ControlSocket.TAKEN;
        }

        @Override
        public String metrics() {
          return "# HELP a b\n";
        }

        @Override
        public String resume() {
          return ControlSocket.RESUMED;
        }
      };

  @Test
  void eachRequestHasItsAnswerAndOnlyTheAgentsUserMayAsk() throws IOException {
    try (var _ = ControlSocket.open(folder, timers, agent)) {
      assertEquals("well", ControlSocket.status(folder));
      assertEquals("# HELP a b\n", ControlSocket.metrics(folder));
      assertEquals("resumed", ControlSocket.resume(folder));
      assertEquals("taken", ControlSocket.put(folder, "Custom:X1", new byte[100_000]));
      assertEquals(100_000, put.remove());
      assertTrue(raw("nonsense\n").startsWith("this agent does not know the request"));
      assertTrue(raw("").startsWith("this agent does not know the request"));
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(folder.resolve("agent.sock"))));
    }
  }

  @Test
  void moreThanAFileMayHaveIsRefused() throws IOException {
    try (var _ = ControlSocket.open(folder, timers, agent)) {
      String answer =
          ControlSocket.put(folder, "Custom:X1", new byte[Limits.MAX_COMPLIANCE_FILE_BYTES + 512]);

      assertTrue(answer.isEmpty() || answer.startsWith("more than 2097152 bytes"), answer);
      assertTrue(put.isEmpty());
    } catch (IOException e) {
      // The end of the connection may overtake the answer.
      assertTrue(put.isEmpty());
    }
  }

  @Test
  void whoStallsIsDroppedAndOthersAreAnsweredMeanwhile() throws Exception {
    try (var _ = ControlSocket.open(folder, timers, agent);
        SocketChannel silent = connect()) {
      silent.write(ByteBuffer.wrap("compliance put Custom:X1\n[".getBytes(StandardCharsets.UTF_8)));
      Runnable patience =
          Objects.requireNonNull(timers.waiting.poll(20, TimeUnit.SECONDS), "it is not timed");
      assertEquals("well", ControlSocket.status(folder));

      patience.run();

      assertEquals(-1, silent.read(ByteBuffer.allocate(8)), "its connection ended");
      assertTrue(put.isEmpty());
      assertEquals("well", ControlSocket.status(folder));
    }
  }

  @Test
  void moreCallersThanThereMayBeAreTurnedAway() throws Exception {
    List<SocketChannel> silent = new ArrayList<>();
    try (var _ = ControlSocket.open(folder, timers, agent)) {
      for (int i = 0; i < Limits.MAX_LOCAL_CALLS; i++) {
        silent.add(connect());
      }
      try (SocketChannel oneMore = connect()) {
        assertEquals(-1, oneMore.read(ByteBuffer.allocate(8)));
      }
      for (SocketChannel channel : silent) {
        channel.close();
      }
    }
  }

  private String raw(String request) throws IOException {
    try (SocketChannel channel = connect()) {
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
      channel.shutdownOutput();
      ByteBuffer answer = ByteBuffer.allocate(1000);
      while (channel.read(answer) >= 0) {
        // on to the end
      }
      return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
    }
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("agent.sock")));
  }
}
