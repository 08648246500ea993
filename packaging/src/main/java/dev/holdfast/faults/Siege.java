package dev.holdfast.faults;

import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * A coordinator under a small honest load, and who attacks it. Its heap is there from the start, so
 * that what it grows by is what an attack took.
 */
final class Siege {
  private static final Launched.Around SMALL =
      new Launched.Around(
          List.of(), Map.of("HOLDFAST_JAVA_OPTIONS", "-Xms192m -Xmx192m -XX:+AlwaysPreTouch"));

  /** Code that is compiled meanwhile and buffers of the network among it. */
  private static final double MOST_MB = 100;

  private final Rig rig;
  private final Load load;
  private final HandMade attacker;
  private final SSLContext own;
  private final SSLContext strangers;
  private final double before;

  /** Begins, with some connections of the attacker's that are closed. */
  Siege(Trial trial) throws IOException, GeneralSecurityException, InterruptedException {
    rig = trial.closing(new Rig());
    rig.configure(Field.OPEN_DOOR);
    rig.coordinatorWithin(SMALL);
    rig.startCoordinator();
    load = Load.start(trial, rig, 2, 2, 10);
    attacker = Field.handMade(trial, rig);
    own = attacker.tls(Field.authority(rig));
    strangers = HandMade.strangersTls(Field.authority(rig));
    trial.require(load.moves(Duration.ofSeconds(60)), "nothing was acknowledged to begin with");
    for (int i = 0; i < 10; i++) {
      try (RawPeer peer = RawPeer.tls(rig.agentAddress(), own)) {
        int sent = peer.greet().flood(RawPeer.PING, 0, 0, new byte[8], 20_000);
        trial.require(peer.ends(Duration.ofSeconds(15)), "a flood was not closed: " + sent);
      }
    }
    before = Memory.resident(rig.coordinator().pid());
  }

  Rig rig() {
    return rig;
  }

  HandMade attacker() {
    return attacker;
  }

  /** TLS of an instance. */
  SSLContext own() {
    return own;
  }

  /** TLS of nobody. */
  SSLContext strangers() {
    return strangers;
  }

  /** The coordinator lives, has not grown, and answered honest agents all the time. */
  void judge(Trial trial, int faults) throws InterruptedException {
    trial.figure(Figure.FAULTS, faults);
    trial.require(rig.coordinator().alive(), "it ended: " + rig.coordinator().said());
    trial.require(load.moves(Duration.ofSeconds(60)), "an honest agent is not answered any more");
    double grown = Memory.resident(rig.coordinator().pid()) - before;
    trial.figure(Figure.PEAK_RSS, Memory.peak(rig.coordinator().pid()));
    trial.note("grown-mb", Math.round(grown));
    trial.require(grown < MOST_MB, "it grew by " + grown + " MB");
    long lines = rig.coordinator().said().lines().count();
    trial.note("log-lines", lines);
    trial.require(lines < 500, "it wrote " + lines + " lines");
    load.judge(trial, 20);
    trial.requireInTime(
        trial.result().figures().getOrDefault(Figure.ACK_P99, 0.0) < 2_000,
        "honest agents waited 2 s and more for acknowledgements");
  }
}
