package dev.holdfast.agent;

import dev.holdfast.agent.command.ComplianceFile;
import dev.holdfast.agent.command.ControlSocket;
import dev.holdfast.compliance.PutRules;
import dev.holdfast.compliance.PutRules.Mistake;
import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Answers commands on the host. On the socket's threads: asks the owner. */
final class LocalAnswers implements ControlSocket.Answers {
  /** How long the owner may take, so that whoever asks is told before it is dropped. */
  private static final Duration PATIENCE = Limits.LOCAL_CALL.minusSeconds(10);

  private final String version;
  private final Timers owner;
  private final Engine engine;

  LocalAnswers(String version, Timers owner, Engine engine) {
    this.version = version;
    this.owner = owner;
    this.engine = engine;
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

  private String ask(Supplier<String> question) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    owner.after(Duration.ZERO, () -> answer.complete(question.get()));
    try {
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
