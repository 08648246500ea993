package dev.holdfast.coordinator.trust;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Histories;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.Identities.Identity;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.IdentityLimits;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whose certificate it is and whether that one counts now. The first use of a new one
 * makes it the only one. Thread-safe.
 */
public final class Holders {
  private static final Logger LOG = LoggerFactory.getLogger("trust");

  private final Store store;
  private final Duration life;
  private final Supplier<Instant> clock;
  private final Predicate<InstanceId> connected;
  private final BiConsumer<Write, InstanceId> changed;
  private final Newcomers newcomers;

  /**
   * Over the rows.
   *
   * @param life of agents' certificates
   * @param connected whether an instance's link lives
   * @param changed told, in its transaction, of an instance whose state changed
   * @param ids for rows of the audit trail
   */
  public Holders(
      Store store,
      Duration life,
      Supplier<Instant> clock,
      Predicate<InstanceId> connected,
      BiConsumer<Write, InstanceId> changed,
      Supplier<UUID> ids) {
    this.newcomers = new Newcomers(changed, ids);
    this.store = store;
    this.life = life;
    this.clock = clock;
    this.connected = connected;
    this.changed = changed;
  }

  /** The agent to whom a certificate of the trust domain belongs, if it may call now. */
  public Optional<Caller.Agent> of(X509Certificate certificate) {
    String name = Gate.uriNames(certificate).getFirst();
    String id = name.substring(name.lastIndexOf('/') + 1);
    Instant now = clock.get();
    if (!InstanceId.isValid(id) || now.isAfter(certificate.getNotAfter().toInstant())) {
      return Optional.empty();
    }
    String serial = serial(certificate);
    Optional<Identity> found = store.read(read -> Identities.find(read, new InstanceId(id)));
    if (found.isEmpty()) {
      return forgotten(new InstanceId(id), certificate);
    }
    Identity identity = found.get();
    return switch (SerialRule.of(identity, serial, life, now)) {
      case CURRENT -> Optional.of(agent(identity, certificate));
      case FIRST_USE -> firstUse(identity, certificate);
      case STALE -> {
        Optional<Caller.Agent> agent = forgotten(identity.id(), certificate);
        if (agent.isEmpty()) {
          stale(identity, now);
        }
        yield agent;
      }
      case OUTRUN, CLOSED -> Optional.empty();
    };
  }

  /** One that was given out after the backup from which the store came back. */
  private Optional<Caller.Agent> forgotten(InstanceId id, X509Certificate certificate) {
    if (store.epoch() == Histories.FIRST) {
      return Optional.empty();
    }
    return store
        .write(write -> newcomers.take(write, id, certificate, Caller.address()))
        .map(identity -> agent(identity, certificate));
  }

  private Optional<Caller.Agent> firstUse(Identity before, X509Certificate certificate) {
    String serial = serial(certificate);
    return store.write(
        write -> {
          Identities.promote(write, before.id(), serial);
          return Identities.find(write.read(), before.id())
              .filter(now -> now.state().connects() && now.current().serial().equals(serial))
              .map(now -> agent(now, certificate));
        });
  }

  /**
   * Somebody shows a certificate that counted once, while the one that counts now is in use: its
   * key is on two machines. Not right after the change, when what the old one sent may still come.
   */
  private void stale(Identity identity, Instant now) {
    boolean settled =
        identity
            .promoted()
            .filter(at -> at.plus(IdentityLimits.OLD_LINK).isBefore(now))
            .isPresent();
    if (identity.state() != InstanceState.ACTIVE || !settled || !connected.test(identity.id())) {
      return;
    }
    LOG.warn(
        "instance={} shows a certificate that counts no more while the one that does is in use",
        identity.id());
    store.write(
        write -> {
          if (Identities.find(write.read(), identity.id())
                  .filter(row -> row.state() == InstanceState.ACTIVE)
                  .isPresent()
              && Identities.become(
                  write,
                  identity.id(),
                  InstanceState.DUPLICATE,
                  "a certificate that counts no more was shown while the newer one is in use")) {
            changed.accept(write, identity.id());
          }
          return true;
        });
  }

  private static Caller.Agent agent(Identity identity, X509Certificate certificate) {
    return new Caller.Agent(
        identity.id(),
        serial(certificate),
        Optional.of(certificate.getNotAfter().toInstant()),
        identity.state().held());
  }

  static String serial(X509Certificate certificate) {
    return certificate.getSerialNumber().toString(16);
  }
}
