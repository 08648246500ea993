package dev.holdfast.agent.identity;

import com.google.protobuf.ByteString;
import dev.holdfast.config.HostPort;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.BodyChunk;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.EnrollRequest;
import dev.holdfast.wire.agent.EnrollResponse;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import dev.holdfast.wire.agent.FetchBodyRequest;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;

/**
 * A coordinator's agent port for tests, over real TLS: enrols whoever has the code, and gives the
 * test both ends of the link.
 */
public final class TestCoordinator implements AutoCloseable {
  /** The code that it takes. */
  public static final String CODE = "the code of the activation";

  private static final Context.Key<String> CALLER = Context.key("caller");
  private static final Context.Key<String> PROTOCOL = Context.key("protocol");

  /** All requests to enrol that came through TLS. */
  public final List<EnrollRequest> requests = new CopyOnWriteArrayList<>();

  /** What agents sent, in order. */
  public final BlockingQueue<AgentMessage> received = new LinkedBlockingQueue<>();

  /** The open streams to agents, the newest last. */
  public final List<StreamObserver<CoordinatorMessage>> streams = new CopyOnWriteArrayList<>();

  /** Who called on the link: the URI in the certificate. */
  public final List<String> callers = new CopyOnWriteArrayList<>();

  /** Bodies by hash. */
  public final Map<ByteString, ByteString> bodies = new ConcurrentHashMap<>();

  private final TestAuthority issuer;
  private final String trustDomain;
  private final Map<PublicKey, String> instances = new ConcurrentHashMap<>();
  private final Server server;

  /** Shows what a true coordinator shows. */
  public TestCoordinator(TestAuthority authority, String trustDomain)
      throws IOException, GeneralSecurityException {
    this(authority, authority.coordinator(trustDomain), trustDomain);
  }

  /** Shows this certificate, and then that of the authority. */
  TestCoordinator(TestAuthority authority, TestAuthority.Leaf shown, String trustDomain)
      throws IOException {
    this.issuer = authority;
    this.trustDomain = trustDomain;
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forServer(
                            shown.key().privateKey(), shown.certificate(), authority.certificate()),
                        SslProvider.JDK)
                    .protocols("TLSv1.3")
                    .clientAuth(ClientAuth.OPTIONAL)
                    .trustManager(authority.certificate())
                    .build())
            .addService(new Enrolling())
            .addService(new Linking())
            .intercept(new Callers())
            .build()
            .start();
  }

  /** Where it listens. */
  public HostPort address() {
    return new HostPort("127.0.0.1", server.getPort());
  }

  /** The next message from an agent; fails after 20 seconds. */
  public AgentMessage next() throws InterruptedException {
    AgentMessage message = received.poll(20, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("no message from the agent");
    }
    return message;
  }

  /** Sends down the newest stream. */
  public void send(CoordinatorMessage.Builder message) {
    streams.getLast().onNext(message.build());
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Enrolling extends EnrolmentServiceGrpc.EnrolmentServiceImplBase {
    @Override
    public void enroll(EnrollRequest request, StreamObserver<EnrollResponse> answer) {
      requests.add(request);
      if (!request.getActivationCode().equals(CODE)) {
        answer.onError(
            Status.PERMISSION_DENIED
                .withDescription("the activation is not valid")
                .asRuntimeException());
        return;
      }
      try {
        PublicKey key =
            TestAuthority.requestedKey(request.getCertificateRequest().toByteArray()).orElseThrow();
        String instance =
            instances.computeIfAbsent(
                key, _ -> String.format("mi-%017x", 0xabc000 + instances.size()));
        X509Certificate certificate =
            issuer.agent(key, "spiffe://" + trustDomain + "/agent/" + instance);
        answer.onNext(
            EnrollResponse.newBuilder()
                .setInstanceId(instance)
                .setTrustDomain(trustDomain)
                .addCertificateChain(ByteString.copyFrom(certificate.getEncoded()))
                .setCaCertificate(ByteString.copyFrom(issuer.certificate().getEncoded()))
                .build());
        answer.onCompleted();
      } catch (GeneralSecurityException e) {
        answer.onError(Status.INTERNAL.withCause(e).asRuntimeException());
      }
    }
  }

  private final class Linking extends LinkServiceGrpc.LinkServiceImplBase {
    @Override
    public StreamObserver<AgentMessage> connect(StreamObserver<CoordinatorMessage> down) {
      callers.add(CALLER.get() + " " + PROTOCOL.get());
      streams.add(down);
      return new StreamObserver<>() {
        @Override
        public void onNext(AgentMessage message) {
          received.add(message);
        }

        @Override
        public void onError(Throwable failure) {
          // The agent is gone; the test looks at what it sent.
        }

        @Override
        public void onCompleted() {
          down.onCompleted();
        }
      };
    }

    @Override
    public void fetchBody(FetchBodyRequest request, StreamObserver<BodyChunk> answer) {
      Optional<ByteString> body = Optional.ofNullable(bodies.get(request.getSha256()));
      if (body.isEmpty()) {
        answer.onError(Status.NOT_FOUND.asRuntimeException());
        return;
      }
      for (int at = 0; at < body.get().size(); at += 100_000) {
        answer.onNext(
            BodyChunk.newBuilder()
                .setData(body.get().substring(at, Math.min(at + 100_000, body.get().size())))
                .build());
      }
      answer.onCompleted();
    }
  }

  private static final class Callers implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      SSLSession session =
          Objects.requireNonNull(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
      String caller;
      try {
        X509Certificate shown = (X509Certificate) session.getPeerCertificates()[0];
        caller = Certificates.uriNames(shown).getFirst();
      } catch (IOException | GeneralSecurityException e) {
        caller = "nobody";
      }
      Context context =
          Context.current().withValue(CALLER, caller).withValue(PROTOCOL, session.getProtocol());
      return Contexts.interceptCall(context, call, headers, next);
    }
  }
}
