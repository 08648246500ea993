package dev.holdfast.coordinator.client;

import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsRequest;
import dev.holdfast.wire.v1.DescribeAssociationRequest;
import dev.holdfast.wire.v1.DescribeInstanceRequest;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wait}: waits for an end. */
@Command(
    name = "wait",
    description = "Waits for an end: exit code 0 if it is good, 1 if it is not, 3 if time is over.",
    synopsisSubcommandLabel = "(association | execution | instance)",
    mixinStandardHelpOptions = true)
final class WaitCommand {
  /** The exit code if the time is over. */
  static final int TIMEOUT = 3;

  private final Supplier<Duration> uptime;

  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Spec
  private CommandSpec spec;

  /** How long to wait. */
  static final class Patience {
    @Option(
        names = "--timeout",
        paramLabel = "TIME",
        defaultValue = "5m",
        description = "how long to wait: 30s, 5m, 2h (default: 5m)")
    private Duration timeout = Duration.ofMinutes(5);
  }

  /** With monotonic time. */
  WaitCommand(Supplier<Duration> uptime) {
    this.uptime = uptime;
  }

  @Command(
      name = "association",
      description = "Until the newest execution of an association has ended everywhere.",
      mixinStandardHelpOptions = true)
  int association(
      @Parameters(paramLabel = "ASSOCIATION", description = "id or name") String association,
      @Mixin Connection connection,
      @Mixin Patience patience)
      throws Exception {
    return connection.run(
        channel -> {
          String id =
              associations(channel)
                  .describeAssociation(
                      DescribeAssociationRequest.newBuilder().setAssociationId(association).build())
                  .getAssociationDescription()
                  .getAssociationId();
          return await(
              channel, id, patience, () -> Waiting.of(execution(channel, id, Optional.empty())));
        });
  }

  @Command(
      name = "execution",
      description = "Until one execution has ended everywhere.",
      mixinStandardHelpOptions = true)
  int execution(
      @Parameters(paramLabel = "EXECUTION", description = "id") String execution,
      @Mixin Connection connection,
      @Mixin Patience patience)
      throws Exception {
    return connection.run(
        channel -> {
          String association = associationOf(channel, execution);
          return await(
              channel,
              execution,
              patience,
              () -> Waiting.of(execution(channel, association, Optional.of(execution))));
        });
  }

  @Command(
      name = "instance",
      description = "Until an instance is online.",
      mixinStandardHelpOptions = true)
  int instance(
      @Parameters(paramLabel = "INSTANCE", description = "id") String instance,
      @Mixin Connection connection,
      @Mixin Patience patience)
      throws Exception {
    return connection.run(
        channel ->
            await(
                channel,
                instance,
                patience,
                () ->
                    Waiting.of(
                        InstanceServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(Connection.CALL_SECONDS, TimeUnit.SECONDS)
                            .describeInstance(
                                DescribeInstanceRequest.newBuilder()
                                    .setInstanceId(instance)
                                    .build())
                            .getInstance())));
  }

  private int await(
      Channel channel, String resource, Patience patience, Supplier<Waiting.Standing> look)
      throws ClientException, InterruptedException {
    Waiting.Standing standing = Waiting.until(channel, resource, patience.timeout, uptime, look);
    PrintWriter out = spec.commandLine().getOut();
    return switch (standing) {
      case Waiting.Standing.Ended(boolean good, String text) -> {
        out.println(text);
        out.flush();
        yield good ? 0 : 1;
      }
      case Waiting.Standing.Going(String text) -> {
        PrintWriter err = spec.commandLine().getErr();
        err.println("holdfast: time is over: " + text);
        err.flush();
        yield TIMEOUT;
      }
    };
  }

  private static String associationOf(Channel channel, String execution) throws ClientException {
    for (var association : Lists.associations(channel).getAssociationsList()) {
      if (execution(channel, association.getAssociationId(), Optional.of(execution)).isPresent()) {
        return association.getAssociationId();
      }
    }
    throw new ClientException("there is no execution '" + execution + "' of any association");
  }

  /** The execution with an id, else the newest. */
  private static Optional<AssociationExecution> execution(
      Channel channel, String association, Optional<String> id) {
    DescribeAssociationExecutionsRequest.Builder request =
        DescribeAssociationExecutionsRequest.newBuilder()
            .setAssociationId(association)
            .setPageSize(1);
    id.ifPresent(
        wanted -> request.addFilters(Filter.newBuilder().setKey("ExecutionId").addValues(wanted)));
    try {
      return associations(channel)
          .describeAssociationExecutions(request.build())
          .getAssociationExecutionsList()
          .stream()
          .findFirst();
    } catch (StatusRuntimeException e) {
      if (id.isPresent() && e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static AssociationServiceGrpc.AssociationServiceBlockingStub associations(
      Channel channel) {
    return AssociationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(Connection.CALL_SECONDS, TimeUnit.SECONDS);
  }
}
