package dev.holdfast.agent.link;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.identity.CallFailure;
import dev.holdfast.agent.identity.Channels;
import dev.holdfast.agent.identity.Identity;
import dev.holdfast.agent.identity.Papers;
import dev.holdfast.agent.run.Secrets;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.RetryTime;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.BodyChunk;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.FetchBodyRequest;
import dev.holdfast.wire.agent.FetchSecretsRequest;
import dev.holdfast.wire.agent.FetchSecretsResponse;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import dev.holdfast.wire.agent.RenewRequest;
import dev.holdfast.wire.agent.RenewResponse;
import dev.holdfast.wire.agent.Secret;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The real network: gRPC over TLS, as this host. What happens on the network's thread is posted to
 * the agent's.
 */
public final class GrpcDialer implements Dialer {
  private final Channels channels;
  private final Supplier<Identity> identity;
  private final Timers timers;

  /**
   * As a host.
   *
   * @param identity as it is when a connection is made
   * @param timers post to the agent's thread, from any thread
   */
  public GrpcDialer(Channels channels, Supplier<Identity> identity, Timers timers) {
    this.channels = channels;
    this.identity = identity;
    this.timers = timers;
  }

  @Override
  public Connection dial(Listener listener) {
    GrpcConnection connection = new GrpcConnection(channels.open(identity.get()), listener);
    connection.begin();
    return connection;
  }

  private void post(Runnable task) {
    timers.after(Duration.ZERO, task);
  }

  /** Its own fields are used on the agent's thread. */
  private final class GrpcConnection implements Connection {
    private final ManagedChannel channel;
    private final Listener listener;
    private Optional<ClientCallStreamObserver<AgentMessage>> call = Optional.empty();
    private boolean opened;
    private boolean ended;

    GrpcConnection(ManagedChannel channel, Listener listener) {
      this.channel = channel;
      this.listener = listener;
    }

    void begin() {
      LinkServiceGrpc.newStub(channel)
          .withMaxOutboundMessageSize(Limits.MAX_AGENT_MESSAGE_BYTES)
          .connect(new Stream());
    }

    private void became(ClientCallStreamObserver<AgentMessage> ready) {
      if (ended) {
        return;
      }
      call = Optional.of(ready);
      if (opened) {
        listener.ready();
      } else {
        opened = true;
        listener.opened();
      }
    }

    private void end(Runnable told) {
      if (!ended) {
        ended = true;
        channel.shutdownNow();
        told.run();
      }
    }

    @Override
    public boolean ready() {
      return !ended && call.map(ClientCallStreamObserver::isReady).orElse(false);
    }

    @Override
    public void send(AgentMessage message) {
      if (!ended) {
        call.ifPresent(open -> open.onNext(message));
      }
    }

    @Override
    public void fetch(Sha256 body, Consumer<Optional<byte[]>> result) {
      if (ended) {
        post(() -> result.accept(Optional.empty()));
        return;
      }
      LinkServiceGrpc.newStub(channel)
          .withDeadlineAfter(Limits.FETCH.toMillis(), TimeUnit.MILLISECONDS)
          .fetchBody(
              FetchBodyRequest.newBuilder().setSha256(ByteString.copyFrom(body.raw())).build(),
              new BodyCollector(bytes -> post(() -> result.accept(bytes))));
    }

    @Override
    public void fetchSecrets(
        AssociationId association, Set<String> names, Consumer<SecretReply> reply) {
      if (ended) {
        post(() -> reply.accept(new SecretReply.Lost("the link is gone")));
        return;
      }
      LinkServiceGrpc.newStub(channel)
          .withDeadlineAfter(Limits.SECRET_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
          .fetchSecrets(
              FetchSecretsRequest.newBuilder()
                  .setAssociationId(association.value())
                  .addAllNames(names.stream().sorted().toList())
                  .build(),
              new SecretTaker(told -> post(() -> reply.accept(told))));
    }

    @Override
    public void renew(ByteString request, String installNonce, Consumer<RenewReply> reply) {
      if (ended) {
        post(() -> reply.accept(new RenewReply.Refused("the link is gone")));
        return;
      }
      LinkServiceGrpc.newStub(channel)
          .withDeadlineAfter(Limits.HELLO_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
          .renew(
              RenewRequest.newBuilder()
                  .setCertificateRequest(request)
                  .setInstallNonce(installNonce)
                  .build(),
              new RenewTaker(told -> post(() -> reply.accept(told))));
    }

    @Override
    public void close() {
      ended = true;
      channel.shutdownNow();
    }

    /** Hears the stream on the network's thread. */
    private final class Stream implements ClientResponseObserver<AgentMessage, CoordinatorMessage> {
      private Optional<ClientCallStreamObserver<AgentMessage>> requests = Optional.empty();

      @Override
      public void beforeStart(ClientCallStreamObserver<AgentMessage> requests) {
        this.requests = Optional.of(requests);
        // One at a time: what the agent has not looked at yet stays in the connection's window.
        requests.disableAutoRequestWithInitial(1);
        requests.setOnReadyHandler(() -> post(() -> became(requests)));
      }

      @Override
      public void onNext(CoordinatorMessage message) {
        post(
            () -> {
              if (!ended) {
                listener.received(message);
                requests.ifPresent(open -> open.request(1));
              }
            });
      }

      @Override
      public void onError(Throwable failure) {
        String reason = CallFailure.reason(failure);
        boolean turnedAway =
            Status.fromThrowable(failure).getCode() == Status.Code.UNAUTHENTICATED
                || CallFailure.certificateRefused(failure);
        Optional<Duration> retry = RetryTime.of(failure);
        if (turnedAway) {
          post(() -> end(() -> listener.turnedAway(reason)));
        } else if (retry.isPresent()) {
          post(() -> end(() -> listener.tooOften(reason, retry.get())));
        } else {
          post(() -> end(() -> listener.closed(reason)));
        }
      }

      @Override
      public void onCompleted() {
        post(() -> end(() -> listener.closed("the coordinator ended the link")));
      }
    }
  }

  /** Puts the chunks of one body together, up to the bound; on the network's thread. */
  private static final class BodyCollector
      implements ClientResponseObserver<FetchBodyRequest, BodyChunk> {
    private final Consumer<Optional<byte[]>> result;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean tooLarge;
    private Optional<ClientCallStreamObserver<FetchBodyRequest>> call = Optional.empty();

    BodyCollector(Consumer<Optional<byte[]>> result) {
      this.result = result;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FetchBodyRequest> requests) {
      call = Optional.of(requests);
    }

    @Override
    public void onNext(BodyChunk chunk) {
      if (bytes.size() + chunk.getData().size() > Limits.MAX_BODY_BYTES) {
        tooLarge = true;
        call.ifPresent(open -> open.cancel("the body is larger than the bound", null));
        return;
      }
      bytes.writeBytes(chunk.getData().toByteArray());
    }

    @Override
    public void onError(Throwable failure) {
      result.accept(Optional.empty());
    }

    @Override
    public void onCompleted() {
      result.accept(tooLarge ? Optional.empty() : Optional.of(bytes.toByteArray()));
    }
  }

  /** Takes the one answer; on the network's thread. */
  private record RenewTaker(Consumer<RenewReply> reply) implements StreamObserver<RenewResponse> {
    @Override
    public void onNext(RenewResponse response) {
      reply.accept(
          new RenewReply.Given(
              new Papers.Answer(
                  response.getCertificateChainList(),
                  Duration.ofSeconds(response.getLifeSeconds()),
                  response.getAuthoritiesList())));
    }

    @Override
    public void onError(Throwable failure) {
      reply.accept(new RenewReply.Refused(CallFailure.reason(failure)));
    }

    @Override
    public void onCompleted() {
      // The answer is told already.
    }
  }

  /** Takes the one answer; on the network's thread. */
  private static final class SecretTaker implements StreamObserver<FetchSecretsResponse> {
    private final Consumer<SecretReply> reply;

    SecretTaker(Consumer<SecretReply> reply) {
      this.reply = reply;
    }

    @Override
    public void onNext(FetchSecretsResponse response) {
      Map<String, Secrets.Secret> secrets = new LinkedHashMap<>();
      for (Secret secret : response.getSecretsList()) {
        secrets.put(secret.getName(), new Secrets.Secret(secret.getValue(), secret.getVersion()));
      }
      reply.accept(new SecretReply.Given(secrets));
    }

    @Override
    public void onError(Throwable failure) {
      String reason = CallFailure.reason(failure);
      reply.accept(
          switch (Status.fromThrowable(failure).getCode()) {
            case NOT_FOUND, INVALID_ARGUMENT, UNIMPLEMENTED, PERMISSION_DENIED ->
                new SecretReply.Refused(reason);
            default -> new SecretReply.Lost(reason);
          });
    }

    @Override
    public void onCompleted() {
      // The answer is told already.
    }
  }
}
