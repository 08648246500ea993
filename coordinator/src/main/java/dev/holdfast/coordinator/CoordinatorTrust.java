package dev.holdfast.coordinator;

import dev.holdfast.coordinator.server.ShownIdentity;
import dev.holdfast.coordinator.server.StartException;
import dev.holdfast.coordinator.store.Meta;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.trust.Authority;
import dev.holdfast.coordinator.trust.Enrolment;
import dev.holdfast.coordinator.trust.EnrolmentRates;
import dev.holdfast.coordinator.trust.Gate;
import dev.holdfast.coordinator.trust.GrpcEnrolment;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.coordinator.trust.Policy;
import dev.holdfast.coordinator.trust.Recovery;
import dev.holdfast.coordinator.trust.Secrets;
import dev.holdfast.coordinator.trust.TokenBook;
import dev.holdfast.task.Timers;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the coordinator trusts and is trusted by, opened from its data folder and, at the first
 * start, made there.
 */
final class CoordinatorTrust {
  private static final Logger LOG = LoggerFactory.getLogger("trust");
  private final Path data;
  private final Supplier<Instant> clock;
  private final List<String> names;
  private final Authority authority;
  private final ShownIdentity identity;
  private final Secrets secrets;
  private final TokenBook tokens;
  private final ParameterKeys parameterKeys;

  private CoordinatorTrust(
      Path data,
      Supplier<Instant> clock,
      List<String> names,
      Authority authority,
      ShownIdentity identity,
      Secrets secrets,
      TokenBook tokens,
      ParameterKeys parameterKeys) {
    this.data = data;
    this.clock = clock;
    this.names = names;
    this.authority = authority;
    this.identity = identity;
    this.secrets = secrets;
    this.tokens = tokens;
    this.parameterKeys = parameterKeys;
  }

  /** Opens all of it, and makes what is missing. */
  static CoordinatorTrust open(
      CoordinatorConfig config,
      Store store,
      SecureRandom random,
      Supplier<Instant> clock,
      Supplier<UUID> ids)
      throws StartException, IOException, GeneralSecurityException {
    Path data = config.data();
    Authority authority =
        Authority.open(
            data, trustDomain(store, config), random, clock.get(), config.agentCertificateLife());
    List<String> names = names(config.advertise());
    Authority.Identity own = authority.coordinator(data, names, clock.get());
    ShownIdentity identity = new ShownIdentity(own.key(), own.certificate(), authority.shown());
    Secrets secrets = Secrets.open(data, random);
    TokenBook tokens = new TokenBook(store, secrets, clock, ids);
    tokens.makeFirst(data);
    return new CoordinatorTrust(
        data,
        clock,
        names,
        authority,
        identity,
        secrets,
        tokens,
        parameterKeys(config.parametersKey(), store, random));
  }

  /**
   * Lets hosts in, and back in.
   *
   * @param arrivals hears of new instances
   * @param timers the clocks alone are used, from any thread
   * @param refusals hears of whom is not let in
   */
  GrpcEnrolment enrolment(
      CoordinatorConfig config,
      Store store,
      Enrolment.Arrivals arrivals,
      Supplier<UUID> ids,
      SecureRandom random,
      Timers timers,
      Gate.Refusals refusals) {
    EnrolmentRates rates = new EnrolmentRates(config.enrolments());
    return new GrpcEnrolment(
        new Enrolment(store, authority, secrets, arrivals, ids, random, timers, rates),
        new Recovery(store, authority, secrets, arrivals::arrived, ids, timers, rates),
        authority,
        refusals);
  }

  Authority authority() {
    return authority;
  }

  ShownIdentity identity() {
    return identity;
  }

  Secrets secrets() {
    return secrets;
  }

  TokenBook tokens() {
    return tokens;
  }

  ParameterKeys parameterKeys() {
    return parameterKeys;
  }

  private static ParameterKeys parameterKeys(Path file, Store store, SecureRandom random)
      throws StartException {
    try {
      return ParameterKeys.open(file, store, random);
    } catch (ParameterKeys.KeysRefused e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new StartException(
          "cannot use the key file "
              + file
              + ": "
              + e.getClass().getSimpleName()
              + ": make its folder, and let the coordinator's user read and write it",
          e);
    }
  }

  /** Makes the coordinator's certificate anew if it is past half its life, and shows that one. */
  synchronized void renew() {
    try {
      Authority.Identity own = authority.coordinator(data, names, clock.get());
      identity.replace(own.key(), own.certificate(), authority.shown());
    } catch (IOException | GeneralSecurityException e) {
      LOG.error("cannot renew the coordinator's certificate", e);
    }
  }

  /** The one of the first start, for ever. It is stored before anything is signed in its name. */
  private static String trustDomain(Store store, CoordinatorConfig config) throws StartException {
    String wanted = config.trustDomain().orElse(CoordinatorConfig.DEFAULT_TRUST_DOMAIN);
    String kept =
        store
            .read(read -> Meta.get(read, Meta.TRUST_DOMAIN))
            .orElseGet(
                () ->
                    store.write(
                        write -> {
                          Meta.put(write, Meta.TRUST_DOMAIN, wanted);
                          return wanted;
                        }));
    if (config.trustDomain().isPresent() && !kept.equals(wanted)) {
      throw new StartException(
          "the trust domain is '"
              + kept
              + "' since the first start and can't become '"
              + wanted
              + "': leave --trust-domain out");
    }
    return kept;
  }

  private static List<String> names(List<String> advertised) {
    Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
    try {
      names.add(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      LOG.warn("this host has no name that resolves; give names with --advertise");
    }
    names.addAll(advertised);
    return List.copyOf(names);
  }

  /** A method that nobody thought about is not reachable: the coordinator doesn't start with it. */
  static void requireEntries(Policy policy, List<ServerServiceDefinition> services) {
    List<String> methods =
        services.stream()
            .flatMap(service -> service.getMethods().stream())
            .map(method -> method.getMethodDescriptor().getFullMethodName())
            .toList();
    Set<String> missing = policy.missing(methods);
    if (!missing.isEmpty()) {
      throw new IllegalStateException("methods without a policy: " + String.join(", ", missing));
    }
  }
}
