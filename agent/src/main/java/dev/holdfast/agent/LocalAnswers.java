package dev.holdfast.agent;

import dev.holdfast.agent.command.ComplianceFile;
import dev.holdfast.agent.command.ControlSocket;
import dev.holdfast.agent.identity.Papers;
import dev.holdfast.agent.link.Wanted;
import dev.holdfast.agent.metrics.MetricsPort;
import dev.holdfast.compliance.PutRules;
import dev.holdfast.compliance.PutRules.Mistake;
import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Answers commands on the host. On the socket's threads: asks the owner. */
final class LocalAnswers implements ControlSocket.Answers, MetricsPort.Answers {
  /** How long the owner may take, so that whoever asks is told before it is dropped. */
  private static final Duration PATIENCE = Limits.LOCAL_CALL.minusSeconds(10);

  private static final String FINE = "fine";

  private final String version;
  private final Timers owner;
  private final Engine engine;
  private final Papers papers;
  private final Asked asked;
  private final Pulse pulse;

  /**
   * @param still how long the owner may give no answer before the agent is not healthy
   */
  LocalAnswers(String version, Timers owner, Engine engine, Papers papers, Duration still) {
    this.version = version;
    this.owner = owner;
    this.engine = engine;
    this.papers = papers;
    this.asked = new Asked(owner);
    this.pulse = new Pulse(asked, () -> engine.agent().sinceRound(), still);
  }

  @Override
  public String status() {
    return ask(
        () ->
            StatusText.of(
                version,
                engine.agent().status(),
                engine.link().state(),
                engine.spool().status(),
                new StatusText.Cost(ThisMachine.processorTime(), ThisMachine.residentBytes())));
  }

  @Override
  public String put(String type, byte[] content) {
    List<Mistake> mistakes = new ArrayList<>(PutRules.type("--type", type));
    ComplianceFile.Reading reading = ComplianceFile.read(content);
    mistakes.addAll(reading.mistakes());
    if (!mistakes.isEmpty()) {
      return mistakes.stream().map(Mistake::text).collect(Collectors.joining("\n"));
    }
    return ask(
        () ->
            engine.put(new Report.Compliance(type, owner.now(), reading.items()))
                ? ControlSocket.TAKEN
                : "the spool is full of what the coordinator has not taken yet; put the file again"
                    + " when it has");
  }

  @Override
  public String resume() {
    return ask(() -> engine.agent().resume() ? ControlSocket.RESUMED : ControlSocket.NO_SAFE_MODE);
  }

  @Override
  public String metrics() {
    return ask(
        () ->
            AgentFigures.text(
                version, engine, papers.validity().map(Papers.Validity::notAfter), owner.now()));
  }

  /** Whether the owner answers at all, and its work loop goes round at its pace. */
  @Override
  public Optional<String> dead() {
    return pulse.dead();
  }

  @Override
  public Optional<String> notReady() {
    String answer =
        ask(
            () ->
                engine.agent().conditions().stream()
                    .filter(condition -> AgentFigures.HOLDING.contains(condition.code()))
                    .findFirst()
                    .map(Wanted.Condition::message)
                    .orElse(FINE));
    if (answer.isEmpty()) {
      return Optional.of("the agent's thread gave no answer; look into its log");
    }
    return Optional.of(answer).filter(why -> !why.equals(FINE));
  }

  private String ask(Supplier<String> question) {
    return asked.ask(question, PATIENCE);
  }
}
