package dev.holdfast.system;

import dev.holdfast.wire.v1.ActivationServiceGrpc;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.CreateActivationResponse;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionTargetsRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionTargetsResponse;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsResponse;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A coordinator and an agent, or many that are simulated, on loopback, in one temporary folder that
 * goes with them. Either can be stopped, killed and started again on what it left on disk.
 */
public final class Rig implements AutoCloseable {
  /** What lets a coordinator take thousands of agents of one address, and at once. */
  public static final String MANY_AGENTS =
      """
      limits:
        agent_connections_per_address: 100000
        enrolments_per_second: 10000
        enrolments_per_second_per_address: 10000
        enrolments_at_once_per_address: 10000
      """;

  /**
   * Who is killed on purpose has not gone down because of what it runs; nor is this host its own.
   */
  private static final String AGENT =
      "crashes_to_park: 0\ncrashes_to_safe_mode: 0\nallow_reboot: false\n";

  /** How long a program may take to be ready on a busy machine. */
  public static final Duration START = Duration.ofSeconds(60);

  private final Scratch scratch = Scratch.make("holdfast-rig");
  private final Path folder = scratch.folder();
  private final Path data;
  private final Path state;
  private String agentAddress = "127.0.0.1:0";
  private String road = "";
  private String adminAddress = "127.0.0.1:0";
  private String metricsAddress = "127.0.0.1:0";
  private String configuration = "";
  private Launched.Around coordinatorAround = Launched.Around.NOTHING;
  private Launched.Around agentAround = Launched.Around.NOTHING;
  private @Nullable Launched coordinator;
  private @Nullable Launched agent;
  private @Nullable ManagedChannel channel;

  /** In a temporary folder of its own. */
  public Rig() {
    this(Optional.empty());
  }

  /** With the coordinator's data in a folder that is there, and stays. */
  public Rig(Path data) {
    this.data = data;
    this.state = folder.resolve("agent");
  }

  private Rig(Optional<Path> state) {
    this.data = folder.resolve("coordinator");
    this.state = state.orElse(folder.resolve("agent"));
    try {
      Files.createDirectory(data);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a temporary folder", e);
    }
  }

  /** With the agent's state in a folder that is there, and stays. */
  public static Rig withState(Path state) {
    return new Rig(Optional.of(state));
  }

  /** The temporary folder. */
  public Path folder() {
    return folder;
  }

  /** The coordinator's data folder. */
  public Path data() {
    return data;
  }

  /** The agent's state folder. */
  public Path state() {
    return state;
  }

  /** Where the admin API is, once the coordinator has been started. */
  public String adminAddress() {
    return adminAddress;
  }

  /** Where agents go, once the coordinator has been started. */
  public String agentAddress() {
    return agentAddress;
  }

  /** Where metrics are read, once the coordinator has been started. */
  public String metricsAddress() {
    return metricsAddress;
  }

  /** Agents that are enrolled from now on go to this address, and not to the coordinator's own. */
  public void agentsGoBy(String address) {
    road = address;
  }

  /** At its first start the coordinator takes agents on all addresses of this machine. */
  public void takeAgentsEverywhere() {
    agentAddress = "0.0.0.0:0";
  }

  /** From its next start the coordinator has this configuration. */
  public void configure(String yaml) {
    configuration = yaml;
  }

  /** From its next start the coordinator runs within that. */
  public void coordinatorWithin(Launched.Around around) {
    coordinatorAround = around;
  }

  /** From its next start the agent runs within that. */
  public void agentWithin(Launched.Around around) {
    agentAround = around;
  }

  /** Starts the coordinator, at its former ports if it had any, and waits until it is ready. */
  public void startCoordinator() {
    Launched started = Launched.start(folder, "holdfast-coordinator", serving(), coordinatorAround);
    coordinator = started;
    Map<String, String> ready = Launched.words(started.awaitLine("ready ", START));
    agentAddress = "127.0.0.1:" + port(ready.getOrDefault("agent", ""));
    adminAddress = "127.0.0.1:" + port(ready.getOrDefault("admin", ""));
    metricsAddress = "127.0.0.1:" + port(ready.getOrDefault("metrics", ""));
    if (channel != null) {
      channel.resetConnectBackoff();
    }
  }

  private List<String> serving() {
    List<String> call = new ArrayList<>(List.of("serve", "--data", data().toString()));
    call.addAll(List.of("--agent-listen", agentAddress, "--admin-listen", adminAddress));
    String file = write("coordinator.yaml", Rates.added(configuration));
    call.addAll(List.of("--metrics-listen", metricsAddress, "--config", file));
    return call;
  }

  /** Enrols the agent by a new activation; the instance's id. */
  public String enroll(Map<String, String> tags) {
    List<String> call = new ArrayList<>(List.of("enroll", "--state", state().toString()));
    call.addAll(joining(1, tags));
    String output = Launched.run(folder, "holdfast-agent", call, 0);
    forgetCode();
    return output
        .lines()
        .filter(line -> line.startsWith("instance "))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("enroll said: " + output))
        .substring("instance ".length());
  }

  /**
   * Starts so many simulated agents in one process, and waits until all are linked. More than a few
   * need {@link #MANY_AGENTS}.
   */
  public void startAgents(int count, Duration atMost) {
    startAgents(count, List.of(), atMost);
  }

  /** The same, with more options of the simulation. */
  public void startAgents(int count, List<String> options, Duration atMost) {
    List<String> call = new ArrayList<>(List.of("simulate", "--agents", Integer.toString(count)));
    call.addAll(options);
    call.addAll(joining(count, Map.of()));
    agent = Launched.start(folder, "holdfast-agent", call);
    agent().awaitLine("ready agents=" + count, atMost);
    forgetCode();
  }

  private void forgetCode() {
    try {
      Files.delete(folder.resolve("code"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove the activation code", e);
    }
  }

  /** A new activation for so many. */
  public CreateActivationResponse activate(int count, Map<String, String> tags) {
    return ActivationServiceGrpc.newBlockingStub(channel())
        .withCallCredentials(token())
        .createActivation(
            CreateActivationRequest.newBuilder()
                .setDescription("the rig")
                .setRegistrationLimit(count)
                .putAllTags(tags)
                .build());
  }

  /** Options for so many to join by a new activation; its code is in a file of this folder. */
  private List<String> joining(int count, Map<String, String> tags) {
    CreateActivationResponse activation = activate(count, tags);
    String code = write("code", activation.getActivationCode());
    return List.of(
        "--coordinator",
        road.isEmpty() ? agentAddress : road,
        "--ca-file",
        data().resolve("ca.pem").toString(),
        "--activation-id",
        activation.getActivationId(),
        "--activation-code-file",
        code);
  }

  /** Starts the agent and waits until it is ready; its line. */
  public String startAgent() {
    return startAgent(AGENT);
  }

  /** The same, with its configuration. */
  public String startAgent(String yaml) {
    String file = write("agent.yaml", yaml);
    List<String> call = List.of("serve", "--state", state().toString(), "--config", file);
    agent = Launched.start(folder, "holdfast-agent", call, agentAround);
    return agent().awaitLine("ready ", START);
  }

  /** The coordinator that was started last. */
  public Launched coordinator() {
    return Objects.requireNonNull(coordinator, "the coordinator was not started");
  }

  /** The agent that was started last. */
  public Launched agent() {
    return Objects.requireNonNull(agent, "the agent was not started");
  }

  /** Calls on associations. */
  public AssociationServiceGrpc.AssociationServiceBlockingStub associations() {
    return AssociationServiceGrpc.newBlockingStub(channel()).withCallCredentials(token());
  }

  /** Makes a document of one shell script. */
  public void createScript(String name, List<String> lines) {
    StringBuilder content =
        new StringBuilder(
            """
            schemaVersion: '2.2'
            mainSteps:
            - action: aws:runShellScript
              name: script
              inputs:
                runCommand:
            """);
    lines.forEach(line -> content.append("    - |-\n      ").append(line).append('\n'));
    var _ =
        DocumentServiceGrpc.newBlockingStub(channel())
            .withCallCredentials(token())
            .createDocument(
                CreateDocumentRequest.newBuilder()
                    .setName(name)
                    .setContent(content.toString())
                    .build());
  }

  /** All executions of an association, newest first. */
  public List<AssociationExecution> executions(String association) {
    List<AssociationExecution> all = new ArrayList<>();
    String page = "";
    do {
      DescribeAssociationExecutionsResponse answer =
          associations()
              .describeAssociationExecutions(
                  DescribeAssociationExecutionsRequest.newBuilder()
                      .setAssociationId(association)
                      .setPageSize(100)
                      .setPageToken(page)
                      .build());
      all.addAll(answer.getAssociationExecutionsList());
      page = answer.getNextPageToken();
    } while (!page.isEmpty());
    return all;
  }

  /** All targets of an execution. */
  public List<AssociationExecutionTarget> targets(String association, String execution) {
    List<AssociationExecutionTarget> all = new ArrayList<>();
    String page = "";
    do {
      DescribeAssociationExecutionTargetsResponse answer =
          associations()
              .describeAssociationExecutionTargets(
                  DescribeAssociationExecutionTargetsRequest.newBuilder()
                      .setAssociationId(association)
                      .setExecutionId(execution)
                      .setPageSize(100)
                      .setPageToken(page)
                      .build());
      all.addAll(answer.getAssociationExecutionTargetsList());
      page = answer.getNextPageToken();
    } while (!page.isEmpty());
    return all;
  }

  /** The connection to the admin API. */
  public ManagedChannel channel() {
    if (channel == null) {
      try {
        channel =
            NettyChannelBuilder.forTarget("dns:///" + adminAddress)
                .sslContext(
                    GrpcSslContexts.configure(
                            GrpcSslContexts.forClient()
                                .trustManager(data().resolve("ca.pem").toFile()),
                            SslProvider.JDK)
                        .protocols("TLSv1.3")
                        .build())
                .build();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the CA of " + data(), e);
      }
    }
    return channel;
  }

  /** The admin token, for a call. */
  public CallCredentials token() {
    String text;
    try {
      text = Files.readString(data().resolve("admin.token")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the admin token of " + data(), e);
    }
    return new Bearer(text);
  }

  /** The last lines of what each program wrote to standard error. */
  public List<String> lastLines(int count) {
    List<String> last = new ArrayList<>();
    for (Launched program : new Launched[] {coordinator, agent}) {
      if (program != null) {
        List<String> lines = program.said().lines().toList();
        last.addAll(lines.subList(Math.max(0, lines.size() - count), lines.size()));
      }
    }
    return last;
  }

  /** Ends both programs and removes the folder. */
  @Override
  public void close() {
    if (channel != null) {
      channel.shutdownNow();
    }
    if (agent != null) {
      agent.close();
    }
    if (coordinator != null) {
      coordinator.close();
    }
    scratch.close();
  }

  private String write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + name, e);
    }
  }

  private static String port(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }
}
