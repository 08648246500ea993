package dev.holdfast.coordinator.link;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.assignment.SetBodies;
import dev.holdfast.coordinator.assignment.SetSecrets;
import dev.holdfast.coordinator.trust.Authority;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.GrpcEnrolment;
import dev.holdfast.coordinator.trust.Renewal;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
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
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link over gRPC. What the network says is handed to the owner's executor in the order in which
 * it came: one message of each agent at a time, since the next is asked for when the last is dealt
 * with.
 */
public final class GrpcLinks extends LinkServiceGrpc.LinkServiceImplBase {
  /** Full names of the methods that wait for nothing: what a link hears goes to its owner. */
  public static final Set<String> PASSED_ON =
      Set.of(LinkServiceGrpc.getConnectMethod().getFullMethodName());

  private static final Logger LOG = LoggerFactory.getLogger("link");

  private final Links links;
  private final SetBodies bodies;
  private final SetSecrets secrets;
  private final Renewal renewal;
  private final Authority authority;
  private final Executor owner;

  /**
   * @param owner the executor of the links
   */
  public GrpcLinks(
      Links links,
      SetBodies bodies,
      SetSecrets secrets,
      Renewal renewal,
      Authority authority,
      Executor owner) {
    this.links = links;
    this.renewal = renewal;
    this.authority = authority;
    this.bodies = bodies;
    this.secrets = secrets;
    this.owner = owner;
  }

  @Override
  public StreamObserver<AgentMessage> connect(StreamObserver<CoordinatorMessage> answer) {
    Stream stream = new Stream((ServerCallStreamObserver<CoordinatorMessage>) answer);
    stream.begin(Caller.agent(), Caller.address());
    return stream;
  }

  @Override
  public void renew(RenewRequest request, StreamObserver<RenewResponse> answer) {
    InstanceId instance = Caller.agent().instance();
    Renewal.Outcome outcome;
    try {
      outcome = renewal.renew(instance, request.getCertificateRequest(), request.getInstallNonce());
    } catch (RuntimeException e) {
      LOG.error("instance={} cannot renew its certificate", instance, e);
      answer.onError(unavailable());
      return;
    }
    switch (outcome) {
      case Renewal.Outcome.Renewed(var certificate) -> {
        answer.onNext(
            RenewResponse.newBuilder()
                .addCertificateChain(GrpcEnrolment.der(certificate))
                .setLifeSeconds(authority.agentLife().toSeconds())
                .addAllAuthorities(GrpcEnrolment.authorities(authority))
                .build());
        answer.onCompleted();
      }
      case Renewal.Outcome.Refused(var reason) ->
          answer.onError(Status.FAILED_PRECONDITION.withDescription(reason).asRuntimeException());
      case Renewal.Outcome.Malformed(var reason) ->
          answer.onError(Status.INVALID_ARGUMENT.withDescription(reason).asRuntimeException());
      case Renewal.Outcome.TooMany _ ->
          answer.onError(
              Status.RESOURCE_EXHAUSTED
                  .withDescription("this instance got a certificate just before; try later")
                  .asRuntimeException());
    }
  }

  private static RuntimeException unavailable() {
    return Status.UNAVAILABLE
        .withDescription("the store could not be used; try again")
        .asRuntimeException();
  }

  private static RuntimeException held() {
    return Status.FAILED_PRECONDITION
        .withDescription("this instance is held: it gets nothing until it is approved")
        .asRuntimeException();
  }

  @Override
  public void fetchBody(FetchBodyRequest request, StreamObserver<BodyChunk> answer) {
    InstanceId instance = Caller.agent().instance();
    if (Caller.agent().held()) {
      answer.onError(held());
      return;
    }
    if (request.getSha256().size() != 32) {
      answer.onError(
          Status.INVALID_ARGUMENT
              .withDescription("sha256 has " + request.getSha256().size() + " bytes, not 32")
              .asRuntimeException());
      return;
    }
    Sha256 hash = Sha256.ofRaw(request.getSha256().toByteArray());
    Optional<byte[]> body;
    try {
      body = bodies.find(instance, hash);
    } catch (RuntimeException e) {
      LOG.error("instance={} cannot fetch body={}", instance, hash, e);
      answer.onError(unavailable());
      return;
    }
    if (body.isEmpty()) {
      answer.onError(
          Status.NOT_FOUND
              .withDescription("the set of this instance names no body " + hash)
              .asRuntimeException());
      return;
    }
    new Chunks((ServerCallStreamObserver<BodyChunk>) answer, ByteString.copyFrom(body.get()))
        .begin();
  }

  @Override
  public void fetchSecrets(
      FetchSecretsRequest request, StreamObserver<FetchSecretsResponse> answer) {
    InstanceId instance = Caller.agent().instance();
    if (Caller.agent().held()) {
      answer.onError(held());
      return;
    }
    if (!AssociationId.isValid(request.getAssociationId())) {
      answer.onError(
          Status.INVALID_ARGUMENT
              .withDescription("association_id is no association's id")
              .asRuntimeException());
      return;
    }
    SetSecrets.Answer given;
    try {
      given =
          secrets.give(
              instance,
              Caller.address(),
              new AssociationId(request.getAssociationId()),
              request.getNamesList());
    } catch (RuntimeException e) {
      LOG.error("instance={} cannot fetch secrets", instance, e);
      answer.onError(unavailable());
      return;
    }
    switch (given) {
      case SetSecrets.Answer.Refused(var reason) ->
          answer.onError(Status.NOT_FOUND.withDescription(reason).asRuntimeException());
      case SetSecrets.Answer.TooOften _ ->
          answer.onError(
              Status.RESOURCE_EXHAUSTED
                  .withDescription("this instance asks for secrets too often; try later")
                  .asRuntimeException());
      case SetSecrets.Answer.Given(var all) -> {
        FetchSecretsResponse.Builder response = FetchSecretsResponse.newBuilder();
        all.forEach(
            secret ->
                response.addSecrets(
                    Secret.newBuilder()
                        .setName(secret.name())
                        .setVersion(secret.version())
                        .setValue(secret.value())));
        answer.onNext(response.build());
        answer.onCompleted();
      }
    }
  }

  /** One link's network. The session is touched on the owner's executor alone. */
  private final class Stream implements StreamObserver<AgentMessage>, Outlet {
    private final ServerCallStreamObserver<CoordinatorMessage> call;
    private final AtomicBoolean readyTold = new AtomicBoolean();
    private Optional<Session> session = Optional.empty();
    private boolean ended;
    private boolean outdated;

    Stream(ServerCallStreamObserver<CoordinatorMessage> call) {
      this.call = call;
    }

    void begin(Caller.Agent agent, String address) {
      call.disableAutoRequest();
      call.setOnReadyHandler(this::becameReady);
      call.setOnCancelHandler(this::gone);
      outdated = agent.outdated();
      owner.execute(
          () -> {
            if (!ended) {
              Links.Peer peer =
                  new Links.Peer(agent.instance(), agent.serial(), agent.expires(), address);
              session = Optional.of(links.open(peer, this));
              next();
            }
          });
    }

    @Override
    public void onNext(AgentMessage message) {
      onOwner(open -> open.received(message));
    }

    @Override
    public void onError(Throwable failure) {
      gone();
    }

    @Override
    public void onCompleted() {
      owner.execute(
          () -> {
            if (!ended) {
              ended = true;
              call.onCompleted();
              session.ifPresent(Session::closed);
            }
          });
    }

    @Override
    public boolean ready() {
      return !ended && call.isReady();
    }

    @Override
    public void send(CoordinatorMessage message) {
      if (!ended) {
        call.onNext(message);
      }
    }

    @Override
    public boolean outdated() {
      return outdated;
    }

    @Override
    public void next() {
      if (!ended) {
        call.request(1);
      }
    }

    @Override
    public void close(String reason) {
      if (!ended) {
        ended = true;
        call.onError(Status.ABORTED.withDescription(reason).asRuntimeException());
      }
    }

    @Override
    public void turnAway(String reason, Duration retryAfter) {
      if (!ended) {
        ended = true;
        call.onError(RetryTime.refusal(reason, retryAfter));
      }
    }

    private void becameReady() {
      if (readyTold.compareAndSet(false, true)) {
        onOwner(
            open -> {
              readyTold.set(false);
              open.ready();
            });
      }
    }

    private void gone() {
      owner.execute(
          () -> {
            ended = true;
            session.ifPresent(Session::closed);
          });
    }

    private void onOwner(Consumer<Session> work) {
      owner.execute(() -> session.ifPresent(work));
    }
  }

  /** Sends a body as fast as it is taken, a chunk at a time; on the call's own thread. */
  private static final class Chunks {
    private final ServerCallStreamObserver<BodyChunk> call;
    private final ByteString body;
    private int sent;
    private boolean done;

    Chunks(ServerCallStreamObserver<BodyChunk> call, ByteString body) {
      this.call = call;
      this.body = body;
    }

    void begin() {
      call.setOnCancelHandler(() -> done = true);
      call.setOnReadyHandler(this::sendOn);
      sendOn();
    }

    private void sendOn() {
      while (!done && call.isReady()) {
        int end = Math.min(body.size(), sent + Limits.MAX_CHUNK_BYTES);
        call.onNext(BodyChunk.newBuilder().setData(body.substring(sent, end)).build());
        sent = end;
        if (sent == body.size()) {
          done = true;
          call.onCompleted();
        }
      }
    }
  }
}
