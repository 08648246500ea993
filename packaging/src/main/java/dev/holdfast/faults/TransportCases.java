package dev.holdfast.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/** Peers that speak HTTP/2 as nobody should. */
final class TransportCases {
  private static final String CONNECT = "holdfast.agent.v1.LinkService/Connect";
  private static final String HEALTH = "grpc.health.v1.Health/Check";
  private static final Duration SOON = Duration.ofSeconds(15);

  private TransportCases() {}

  static List<Case> all() {
    return List.of(new RandomFrames(), new Resets(), new Floods(), new HalfHandshakes());
  }

  /** Frames of any type, length and content. */
  static final class RandomFrames implements Case {
    @Override
    public String id() {
      return "T02";
    }

    @Override
    public String claim() {
      return "random frames, a bad preface and HTTP/2 without TLS end their connection and nothing"
          + " else, before and after authentication";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int frames = trial.scale().of(6_000, 60_000, 500_000);
      Siege scene = new Siege(trial);
      int sent = 0;
      int connections = 0;
      int left = 0;
      List<RawPeer> open = new ArrayList<>();
      while (sent < frames) {
        SSLContext as = connections % 2 == 0 ? scene.own() : scene.strangers();
        RawPeer peer = RawPeer.tls(scene.rig().agentAddress(), as);
        connections++;
        int some = garble(trial.random(), peer);
        sent += some;
        open.add(peer);
        if (open.size() == 20) {
          left += close(open);
        }
      }
      left += close(open);
      trial.note("connections", connections);
      trial.require(left == 0, left + " connections were not closed though they sent garbage");
      for (int i = 0; i < 10; i++) {
        try (RawPeer plain = RawPeer.plain(scene.rig().agentAddress())) {
          plain.greet();
          trial.require(plain.ends(SOON), "HTTP/2 without TLS was not closed");
          trial.require(plain.received() < 100, "HTTP/2 without TLS was answered");
        }
      }
      scene.judge(trial, sent);
    }

    /** Sends frames until the other side has had enough, and in the end what nobody may send. */
    private static int garble(RandomGenerator random, RawPeer peer) {
      int sent = 0;
      try {
        if (random.nextInt(5) == 0) {
          peer.bytes(noise(random, 24 + random.nextInt(200)));
        } else {
          peer.greet();
          if (random.nextBoolean()) {
            peer.call(1, random.nextBoolean() ? CONNECT : HEALTH, random.nextBoolean());
          }
        }
        for (; sent < 100 && !peer.over(); sent++) {
          peer.frame(
              random.nextInt(12),
              random.nextInt(256),
              random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(8),
              noise(random, random.nextInt(3) == 0 ? random.nextInt(600) : random.nextInt(12)));
        }
        peer.frame(RawPeer.DATA, 0, 0, new byte[1]); // data of no stream
      } catch (IOException e) {
        // It was closed.
      }
      return Math.max(1, sent);
    }

    private static byte[] noise(RandomGenerator random, int length) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return bytes;
    }

    /** Closes all; how many the other side had not. */
    private static int close(List<RawPeer> open) throws IOException, InterruptedException {
      int left = 0;
      for (RawPeer peer : open) {
        left += peer.ends(SOON) ? 0 : 1;
        peer.close();
      }
      open.clear();
      return left;
    }
  }

  /** Streams that are opened and reset, by the peer or by what it makes the coordinator do. */
  static final class Resets implements Case {
    @Override
    public String id() {
      return "T03";
    }

    @Override
    public String claim() {
      return "a connection that resets streams, or has them reset, is closed after some hundred";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int connections = trial.scale().of(10, 60, 600);
      Siege scene = new Siege(trial);
      Map<String, Integer> most = new HashMap<>();
      for (int i = 0; i < connections; i++) {
        for (boolean provoked : new boolean[] {false, true}) {
          try (RawPeer peer =
              RawPeer.tls(
                  scene.rig().agentAddress(), i % 2 == 0 ? scene.own() : scene.strangers())) {
            int sent = reset(peer.greet(), provoked);
            most.merge(provoked ? "provoked" : "resets", sent, Math::max);
            trial.require(
                peer.ends(SOON),
                "a connection was not closed after " + sent + " resets, provoked " + provoked);
            trial.count(Figure.REFUSED, 1);
          }
        }
      }
      most.forEach(trial::note);
      scene.judge(trial, connections * 2);
    }

    /** Up to 5,000 streams; how many there were when the connection was closed. */
    private static int reset(RawPeer peer, boolean provoked) throws InterruptedException {
      int sent = 0;
      try {
        for (; sent < 5_000 && !peer.over(); sent++) {
          int stream = 2 * sent + 1;
          peer.call(stream, CONNECT, false);
          if (provoked) {
            peer.frame(RawPeer.WINDOW_UPDATE, 0, stream, new byte[4]); // by nothing
          } else {
            peer.frame(RawPeer.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
          }
          if (sent % 50 == 49) {
            boolean _ = peer.ends(Duration.ofMillis(20)); // what it says is on its way
          }
        }
      } catch (IOException e) {
        // It was closed.
      }
      return sent;
    }
  }

  /** Much of what costs nothing to send. */
  static final class Floods implements Case {
    private static final int FRAMES = 50_000;

    @Override
    public String id() {
      return "T04";
    }

    @Override
    public String claim() {
      return "floods of frames that carry nothing, and headers that are too large, are refused or"
          + " closed and cost no memory";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int rounds = trial.scale().of(1, 5, 50);
      Siege scene = new Siege(trial);
      int sent = 0;
      Map<String, Integer> kinds = new LinkedHashMap<>();
      kinds.put("ping", RawPeer.PING);
      kinds.put("settings", RawPeer.SETTINGS);
      kinds.put("priority", RawPeer.PRIORITY);
      kinds.put("window-update", RawPeer.WINDOW_UPDATE);
      kinds.put("continuation", RawPeer.CONTINUATION);
      kinds.put("empty-data", RawPeer.DATA);
      kinds.put("unknown", 0x4d);
      for (int round = 0; round < rounds; round++) {
        SSLContext as = round % 2 == 0 ? scene.own() : scene.strangers();
        for (Map.Entry<String, Integer> kind : kinds.entrySet()) {
          try (RawPeer peer = RawPeer.tls(scene.rig().agentAddress(), as)) {
            int some = flood(peer.greet(), kind.getValue());
            sent += some;
            trial.require(
                peer.ends(SOON), "a flood of " + kind.getKey() + " was not closed after " + some);
          }
        }
        sent += headers(trial, scene, as);
      }
      scene.judge(trial, sent);
    }

    private static int flood(RawPeer peer, int type) throws IOException {
      return switch (type) {
        case RawPeer.PING -> peer.flood(type, 0, 0, new byte[8], FRAMES);
        case RawPeer.PRIORITY -> peer.flood(type, 0, 3, new byte[] {0, 0, 0, 0, 7}, FRAMES);
        case RawPeer.WINDOW_UPDATE -> peer.flood(type, 0, 0, new byte[] {0, 0, 0, 1}, FRAMES);
        case RawPeer.CONTINUATION -> {
          peer.frame(RawPeer.HEADERS, 0, 1, RawPeer.request(CONNECT, Map.of()));
          yield peer.flood(type, 0, 1, new byte[0], FRAMES);
        }
        case RawPeer.DATA -> {
          peer.call(1, CONNECT, false);
          yield peer.flood(type, 0, 1, new byte[0], FRAMES);
        }
        default -> peer.flood(type, 0, 0, new byte[0], FRAMES);
      };
    }

    /** Metadata beyond its bound: the call is refused, or its connection closed. */
    private static int headers(Trial trial, Siege scene, SSLContext as)
        throws IOException, InterruptedException {
      Map<String, String> many = new HashMap<>();
      for (int i = 0; i < 10_000; i++) {
        many.put("x-" + i, "y");
      }
      List<Map<String, String>> all = List.of(Map.of("x-large", "y".repeat(9 * 1024)), many);
      for (Map<String, String> more : all) {
        try (RawPeer peer = RawPeer.tls(scene.rig().agentAddress(), as)) {
          byte[] block = RawPeer.request(CONNECT, more);
          peer.greet();
          try {
            for (int at = 0; at < block.length && !peer.over(); at += 16_000) {
              int end = Math.min(block.length, at + 16_000);
              peer.frame(
                  at == 0 ? RawPeer.HEADERS : RawPeer.CONTINUATION,
                  end == block.length ? RawPeer.END_HEADERS : 0,
                  1,
                  java.util.Arrays.copyOfRange(block, at, end));
            }
          } catch (IOException e) {
            // It was closed.
          }
          trial.require(
              Field.await(SOON, () -> peer.over() || peer.refused()),
              "headers of " + block.length + " bytes were taken");
          trial.require(peer.received() < 4_000, "they were answered at length");
        }
      }
      return all.size();
    }
  }

  /** Connections that never get to the point. */
  static final class HalfHandshakes implements Case {
    @Override
    public String id() {
      return "T05";
    }

    @Override
    public String claim() {
      return "handshakes that do not go on are dropped after 10 s, and honest agents get in"
          + " meanwhile";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int silent = trial.scale().of(100, 600, 2_000);
      Siege scene = new Siege(trial);
      String address = scene.rig().agentAddress();
      List<RawPeer> open = new ArrayList<>();
      try {
        long began = System.nanoTime();
        for (int i = 0; i < silent; i++) {
          open.add(RawPeer.plain(address));
        }
        double honest = honest(scene);
        trial.note("honest-connect-s", Math.round(honest * 10) / 10.0);
        trial.requireInTime(honest < 3, "an honest agent waited " + honest + " s to connect");
        List<RawPeer> slow = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          RawPeer one = RawPeer.plain(address);
          slow.add(one);
          open.add(one);
        }
        // A hello, a byte a second.
        byte[] hello = "\u0016\u0003\u0001\u0001\u0000\u0001".getBytes(StandardCharsets.ISO_8859_1);
        for (byte each : hello) {
          for (RawPeer one : slow) {
            try {
              one.bytes(new byte[] {each});
            } catch (IOException e) {
              // It was closed.
            }
          }
          boolean _ = slow.getFirst().ends(Duration.ofSeconds(1));
        }
        int left = 0;
        Duration longest = Duration.ofSeconds(20);
        for (RawPeer each : open) {
          left += each.ends(longest) ? 0 : 1;
        }
        double freed = (System.nanoTime() - began) / 1e9;
        trial.largest(Figure.RECOVERY, freed);
        trial.require(left == 0, left + " half-open connections are still there");
        trial.requireInTime(freed < 20, "they were freed after " + freed + " s");
        if (trial.scale() != Scale.SMOKE) {
          idle(trial, scene);
        }
      } finally {
        for (RawPeer each : open) {
          each.close();
        }
      }
      scene.judge(trial, silent + 10);
    }

    /** Strangers whose handshake is done and who then say nothing are not kept. */
    private static void idle(Trial trial, Siege scene) throws IOException, InterruptedException {
      try (RawPeer greeted = RawPeer.tls(scene.rig().agentAddress(), scene.strangers()).greet();
          RawPeer mute = RawPeer.tls(scene.rig().agentAddress(), scene.strangers())) {
        trial.require(
            greeted.ends(Duration.ofSeconds(60)), "a connection without a call was kept for 60 s");
        trial.require(
            mute.ends(Duration.ofSeconds(60)), "a connection without a preface was kept for 60 s");
      }
    }

    /** How many seconds it takes an agent to get a link, trying again as agents do. */
    private static double honest(Siege scene)
        throws IOException, GeneralSecurityException, InterruptedException {
      long began = System.nanoTime();
      boolean linked = false;
      while (!linked && System.nanoTime() - began < Duration.ofSeconds(60).toNanos()) {
        var channel =
            scene.attacker().another(scene.rig().agentAddress(), Field.authority(scene.rig()));
        try (Talk talk = Talk.hello(channel, "spool")) {
          linked =
              talk.await(m -> m.hasAck() ? java.util.Optional.of(m) : java.util.Optional.empty())
                  .isPresent();
        } finally {
          channel.shutdownNow();
        }
      }
      return (System.nanoTime() - began) / 1e9;
    }
  }
}
