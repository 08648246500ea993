package dev.holdfast.coordinator.trust;

import dev.holdfast.coordinator.store.Sight;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * The first interceptor of every call: finds out who calls, from the TLS session or the token, and
 * looks into the policy whether they may. Nothing else decides that.
 */
public final class Gate implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String BEARER = "Bearer ";

  /** One text for every token that is not good: none, unknown, expired, revoked. */
  static final String NO_TOKEN =
      "a valid token is needed: send the metadata 'authorization: Bearer TOKEN'";

  /** One text for every certificate that is not good. */
  static final String NO_CERTIFICATE = "a valid agent certificate is needed";

  private final Policy policy;
  private final String agentPrefix;
  private final Function<String, Optional<Caller.Person>> tokens;
  private final Function<X509Certificate, Optional<Caller.Agent>> instances;
  private final Refusals refusals;

  /** Who is written down for a call of which nobody knows who made it. */
  public static final String NOBODY = "nobody";

  /** Hears of calls that were refused. */
  public interface Refusals {
    /**
     * Somebody may not make a call.
     *
     * @param principal by name, or {@link #NOBODY}
     * @param method with its service
     */
    void refused(String principal, String method, String address, String reason);
  }

  /**
   * @param tokens who bears a token, if it is good now
   * @param instances which instance a certificate of the trust domain belongs to, if it may call
   *     now
   */
  public Gate(
      Policy policy,
      String trustDomain,
      Function<String, Optional<Caller.Person>> tokens,
      Function<X509Certificate, Optional<Caller.Agent>> instances,
      Refusals refusals) {
    this.policy = policy;
    this.agentPrefix = "spiffe://" + trustDomain + "/agent/";
    this.tokens = tokens;
    this.instances = instances;
    this.refusals = refusals;
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    String method = call.getMethodDescriptor().getFullMethodName();
    String address = address(call);
    Context context = Context.current().withValue(Caller.ADDRESS, address);
    return switch (policy.entry(method)) {
      case Policy.Entry.Open _ ->
          Contexts.interceptCall(
              context.withValue(Caller.KEY, new Caller.Anyone()), call, headers, next);
      case Policy.Entry.Agents _ -> {
        Optional<Caller.Agent> agent =
            certificate(call).filter(this::namesAgent).flatMap(shown -> within(context, shown));
        yield agent.isPresent()
            ? Contexts.interceptCall(
                context.withValue(Caller.KEY, agent.get()), call, headers, next)
            : refuse(call, NOBODY, address, Status.UNAUTHENTICATED, NO_CERTIFICATE);
      }
      case Policy.Entry.People(var capability, var reach) -> {
        Optional<Caller.Person> person = token(headers).flatMap(tokens);
        if (person.isEmpty()) {
          yield refuse(call, NOBODY, address, Status.UNAUTHENTICATED, NO_TOKEN);
        }
        Optional<Sight> sight = person.get().sight(capability);
        if (sight.isEmpty()) {
          yield refuse(
              call,
              person.get().name(),
              address,
              Status.PERMISSION_DENIED,
              "the " + roles(person.get()) + " may not call " + method);
        }
        if (reach == Policy.Reach.WHOLE && !sight.get().isAll()) {
          yield refuse(
              call,
              person.get().name(),
              address,
              Status.PERMISSION_DENIED,
              method + " concerns all instances, and the bindings of this token some only");
        }
        yield Contexts.interceptCall(
            context.withValue(Caller.KEY, person.get()).withValue(Caller.SIGHT, sight.get()),
            call,
            headers,
            next);
      }
    };
  }

  /** Whose a certificate is; who looks may ask where the call comes from. */
  private Optional<Caller.Agent> within(Context context, X509Certificate shown) {
    Context before = context.attach();
    try {
      return instances.apply(shown);
    } finally {
      context.detach(before);
    }
  }

  private static String roles(Caller.Person person) {
    List<String> roles =
        person.grants().stream().map(grant -> grant.role().text()).distinct().sorted().toList();
    return (roles.size() == 1 ? "role " : "roles ") + String.join(", ", roles);
  }

  private static Optional<String> token(Metadata headers) {
    String value = headers.get(AUTHORIZATION);
    return value == null || !value.startsWith(BEARER)
        ? Optional.empty()
        : Optional.of(value.substring(BEARER.length()).strip());
  }

  private static Optional<X509Certificate> certificate(ServerCall<?, ?> call) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return Optional.empty();
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate leaf
          ? Optional.of(leaf)
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  private boolean namesAgent(X509Certificate certificate) {
    return uriNames(certificate).stream().anyMatch(name -> name.startsWith(agentPrefix));
  }

  /** The URI names of a certificate; exactly one, or none at all. */
  public static List<String> uriNames(X509Certificate certificate) {
    try {
      var names = certificate.getSubjectAlternativeNames();
      if (names == null) {
        return List.of();
      }
      List<String> uris =
          names.stream()
              .filter(name -> Integer.valueOf(6).equals(name.get(0)))
              .map(name -> String.valueOf(name.get(1)))
              .toList();
      return uris.size() == 1 && names.size() == 1 ? uris : List.of();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  private static String address(ServerCall<?, ?> call) {
    SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return remote instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : "local";
  }

  private <Q> ServerCall.Listener<Q> refuse(
      ServerCall<Q, ?> call, String principal, String address, Status status, String why) {
    refusals.refused(principal, call.getMethodDescriptor().getFullMethodName(), address, why);
    call.close(status.withDescription(why), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
