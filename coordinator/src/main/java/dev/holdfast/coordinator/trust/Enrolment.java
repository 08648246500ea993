package dev.holdfast.coordinator.trust;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Activations;
import dev.holdfast.coordinator.store.Activations.Activation;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Instances.Instance;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets hosts in. A use of the activation is taken in the transaction that makes the instance; the
 * pair of activation and key always gets the same instance and costs one use. Whatever is wrong
 * with an activation or its code, the answer and the work done for it are the same. Thread-safe.
 */
public final class Enrolment {
  private static final Logger LOG = LoggerFactory.getLogger("enrolment");
  private static final String METHOD = "Enroll";

  /** In place of a stored code, where there is no activation: no code has this hash. */
  private static final String NO_CODE = "0".repeat(64);

  private final Store store;
  private final Authority authority;
  private final Secrets secrets;
  private final Arrivals arrivals;
  private final Supplier<UUID> ids;
  private final SecureRandom random;
  private final Timers timers;
  private final EnrolmentRates rates;
  private final WrongCodes wrongCodes = new WrongCodes();

  /**
   * Hears of new instances, in the transaction that makes them, so that their assignments are
   * there.
   */
  public interface Arrivals {
    /** An instance came. */
    void arrived(Write write, InstanceId instance);
  }

  /**
   * A host asks to join. All of it is the host's word but the address.
   *
   * @param address where it comes from
   * @param certificateRequest PKCS#10, DER
   */
  public record Request(
      String activationId,
      String activationCode,
      ByteString certificateRequest,
      String agentVersion,
      String computerName,
      String address) {}

  /** What became of it. */
  public sealed interface Outcome {
    /**
     * It is an instance now, or was before.
     *
     * @param certificate its certificate
     * @param authority the certificate of who signed it
     */
    record Enrolled(
        InstanceId instance,
        X509Certificate certificate,
        X509Certificate authority,
        String trustDomain)
        implements Outcome {}

    /** Its activation or code is not good; which of all the reasons is not told. */
    record Refused() implements Outcome {}

    /** Its certificate request is not good, whatever its activation is. */
    record Malformed(String reason) implements Outcome {}

    /** It asked too often. */
    record TooMany() implements Outcome {}
  }

  /**
   * @param arrivals hears of new instances
   * @param ids for rows of the audit trail
   * @param random for the ids of instances
   * @param timers the clocks alone are used, from any thread
   */
  public Enrolment(
      Store store,
      Authority authority,
      Secrets secrets,
      Arrivals arrivals,
      Supplier<UUID> ids,
      SecureRandom random,
      Timers timers,
      EnrolmentRates rates) {
    this.store = store;
    this.authority = authority;
    this.secrets = secrets;
    this.arrivals = arrivals;
    this.ids = ids;
    this.random = random;
    this.timers = timers;
    this.rates = rates;
  }

  /**
   * Decides, and makes the instance.
   *
   * @throws StoreException if the store can't be used; asking again is safe
   */
  public Outcome enroll(Request request) {
    if (!rates.admits(request.address, timers.uptime())) {
      return new Outcome.TooMany();
    }
    PublicKey key;
    try {
      key = authority.requestedKey(request.certificateRequest.toByteArray());
    } catch (Authority.RequestRefused refused) {
      return new Outcome.Malformed(String.valueOf(refused.getMessage()));
    }
    Sha256 keyHash = Sha256.of(key.getEncoded());
    Known known = store.read(read -> look(read, request, keyHash));
    boolean right =
        secrets.isCode(
                request.activationCode, known.activation.map(Activation::codeHmac).orElse(NO_CODE))
            && known.activation.isPresent();
    boolean locked = wrongCodes.locked(request.activationId, timers.uptime());
    if (!right || locked) {
      known.activation.ifPresent(activation -> wrong(activation, right, request.address));
      return new Outcome.Refused();
    }
    Activation activation = known.activation.orElseThrow();
    if (!mayComeFrom(activation, request.address)) {
      return new Outcome.Refused();
    }
    if (known.instance.isPresent()) {
      return store.write(write -> again(write, known.instance.get().id(), key, keyHash));
    }
    if (known.taken) {
      return new Outcome.Refused();
    }
    return known.usable ? join(activation, request, key, keyHash) : new Outcome.Refused();
  }

  /**
   * What the rows know.
   *
   * @param usable the activation has a use left and has not expired
   * @param taken the key belongs to an instance that came by another activation, or was renewed
   */
  private record Known(
      Optional<Activation> activation,
      Optional<Instance> instance,
      boolean usable,
      boolean taken) {}

  private Known look(Read read, Request request, Sha256 keyHash) {
    Optional<Activation> activation = Activations.find(read, request.activationId);
    return new Known(
        activation,
        Instances.enrolled(read, request.activationId, keyHash.hex()),
        activation
            .filter(row -> row.registrations() < row.registrationLimit())
            .filter(row -> row.expires().isAfter(timers.now()))
            .isPresent(),
        !Identities.ofKey(read, keyHash.hex()).isEmpty());
  }

  private static boolean mayComeFrom(Activation activation, String address) {
    return activation.sourceCidrs().isEmpty()
        || activation.sourceCidrs().stream()
            .anyMatch(
                text ->
                    Network.parse(text).filter(network -> network.contains(address)).isPresent());
  }

  private void wrong(Activation activation, boolean right, String address) {
    if (right || !wrongCodes.count(activation.id(), timers.uptime())) {
      return;
    }
    String why =
        Limits.WRONG_CODES + " wrong codes in " + Limits.WRONG_CODES_TIME.toMinutes() + " minutes";
    LOG.warn("activation={} is locked after {}, the last from {}", activation.id(), why, address);
    store.write(
        write -> {
          audit(write, activation.id(), List.of(activation.id()), address, "DENIED", why, "{}");
          return write.append("ActivationLocked", List.of(activation.id()), Map.of("reason", why));
        });
  }

  private Outcome join(Activation activation, Request request, PublicKey key, Sha256 keyHash) {
    InstanceId id = newInstance();
    X509Certificate certificate = issue(id, key);
    return store.write(
        write -> {
          Optional<Instance> before =
              Instances.enrolled(write.read(), activation.id(), keyHash.hex());
          if (before.isPresent()) {
            return again(write, before.get().id(), key, keyHash);
          }
          if (!Activations.take(write, activation.id())) {
            return new Outcome.Refused();
          }
          String agentVersion = Claims.text(request.agentVersion, 64);
          String computerName = Claims.text(request.computerName, 256);
          InstanceState state =
              activation.requireApproval() ? InstanceState.PENDING : InstanceState.ACTIVE;
          Instances.add(
              write,
              id,
              state,
              activation.defaultInstanceName(),
              activation.id(),
              keyHash.hex(),
              Holders.serial(certificate),
              der(certificate),
              agentVersion,
              computerName);
          Instances.setTags(write, id, activation.tags());
          List<String> resources = List.of(id.value(), activation.id());
          write.append("InstanceRegistered", resources, Map.of("state", state.name()));
          arrivals.arrived(write, id);
          JsonObject asked = new JsonObject();
          asked.addProperty("agent_version", agentVersion);
          asked.addProperty("computer_name", computerName);
          audit(
              write, activation.id(), resources, request.address, "ALLOWED", "", asked.toString());
          return enrolled(id, certificate);
        });
  }

  private void audit(
      Write write,
      String activation,
      List<String> resources,
      String address,
      String decision,
      String reason,
      String asked) {
    AuditTrail.add(
        write,
        ids.get().toString(),
        METHOD,
        "activation " + activation,
        address,
        resources,
        decision,
        reason,
        asked);
  }

  /**
   * The same instance, certificate and all, for whoever lost the answer; not if it may not connect
   * or has renewed its key since. One whose certificate has expired meanwhile gets another.
   */
  private Outcome again(Write write, InstanceId id, PublicKey key, Sha256 keyHash) {
    Identities.Identity identity = Identities.find(write.read(), id).orElseThrow();
    if (!identity.state().connects() || identity.current().serial().isEmpty()) {
      return new Outcome.Refused();
    }
    if (!identity.current().keySha256().equals(keyHash.hex())) {
      return new Outcome.Refused();
    }
    X509Certificate current = Renewal.read(identity.current().certificate());
    if (write.now().isBefore(current.getNotAfter().toInstant())) {
      return enrolled(id, current);
    }
    return enrolled(
        id,
        Renewal.again(identity, keyHash.hex(), write.now())
            .orElseGet(() -> Renewal.give(write, authority, id, key, keyHash.hex())));
  }

  private Outcome enrolled(InstanceId id, X509Certificate certificate) {
    return new Outcome.Enrolled(id, certificate, authority.certificate(), authority.trustDomain());
  }

  private X509Certificate issue(InstanceId id, PublicKey key) {
    try {
      return authority.agent(id, key, timers.now());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot sign a certificate", e);
    }
  }

  private InstanceId newInstance() {
    byte[] bits = new byte[9];
    random.nextBytes(bits);
    return new InstanceId("mi-" + HexFormat.of().formatHex(bits).substring(0, 17));
  }

  static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }
}
