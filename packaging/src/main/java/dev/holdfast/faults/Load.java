package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Agents made by hand that report ends of runs all the time. */
final class Load implements AutoCloseable {
  private final Rig rig;
  private final List<Reporter> reporters = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private String association = "";

  private Load(Rig rig) {
    this.rig = rig;
  }

  /** The association whose runs they report. */
  String association() {
    return association;
  }

  /** So many agents, each of which reports so many runs at once and a second. */
  static Load start(Trial trial, Rig rig, int agents, int atOnce, int aSecond)
      throws IOException, GeneralSecurityException {
    rig.createScript("load", List.of("true"));
    Load load = trial.closing(new Load(rig));
    String association =
        rig.associations()
            .createAssociation(
                CreateAssociationRequest.newBuilder()
                    .setAcknowledgeTargets(Integer.MAX_VALUE)
                    .setAssociation(
                        Association.newBuilder()
                            .setName("load")
                            .setScheduleExpression("rate(1 minute)")
                            .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                    .build())
            .getAssociationDescription()
            .getAssociationId();
    load.association = association;
    for (int i = 0; i < agents; i++) {
      load.reporters.add(Reporter.of(rig, Field.handMade(trial, rig), association));
    }
    for (Reporter reporter : load.reporters) {
      load.threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      reporter.report(atOnce, aSecond);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
    return load;
  }

  /** So many were acknowledged, of all agents. */
  long acknowledged() {
    return reporters.stream().mapToLong(Reporter::acknowledged).sum();
  }

  /** Waits until each agent had something more acknowledged; whether they did in that time. */
  boolean moves(Duration atMost) throws InterruptedException {
    List<Long> before = each();
    return Field.await(
        atMost,
        () -> {
          for (int i = 0; i < before.size(); i++) {
            if (reporters.get(i).acknowledged() <= before.get(i)) {
              return false;
            }
          }
          return true;
        });
  }

  /** Ends it; the figures of the trial say what was acknowledged and what of it is not stored. */
  void judge(Trial trial, int samples) throws InterruptedException {
    stop();
    long lost =
        lost(rig, each(), samples) + reporters.stream().mapToLong(Reporter::forgotten).sum();
    trial.figure(Figure.ACKED, acknowledged());
    trial.figure(Figure.STORED, acknowledged() - lost);
    trial.count(Figure.LOST, lost);
    trial.count(Figure.REFUSED, reporters.stream().mapToLong(Reporter::refused).sum());
    reporters.stream()
        .filter(reporter -> reporter.refused() > 0)
        .findFirst()
        .ifPresent(reporter -> trial.require(false, "refused: " + reporter.refusal()));
    acks(trial);
  }

  /** The figures of the trial say how long acknowledgements took. */
  void acks(Trial trial) {
    List<Double> all =
        reporters.stream().flatMap(reporter -> reporter.ackMillis().stream()).sorted().toList();
    if (!all.isEmpty()) {
      trial.figure(Figure.ACK_P50, all.get(all.size() / 2));
      trial.figure(Figure.ACK_P99, all.get(all.size() * 99 / 100));
    }
  }

  /** So many were acknowledged, agent by agent. */
  List<Long> each() {
    return reporters.stream().map(Reporter::acknowledged).toList();
  }

  /**
   * How many of what was acknowledged a coordinator does not know as it was told, of so many for
   * each agent.
   *
   * @param through how many were acknowledged, agent by agent
   */
  long lost(Rig asked, List<Long> through, int samples) {
    long lost = 0;
    for (int i = 0; i < through.size(); i++) {
      lost += reporters.get(i).lost(asked, through.get(i), samples);
    }
    return lost;
  }

  /** Ends the reporting. */
  void stop() throws InterruptedException {
    reporters.forEach(Reporter::stop);
    for (Thread thread : threads) {
      thread.join(Duration.ofSeconds(40));
    }
  }

  @Override
  public void close() {
    reporters.forEach(Reporter::close);
  }
}
