package dev.holdfast.coordinator.trust;

import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Changes the authority to another key, in two steps that somebody asks for. Whoever comes between
 * them gets a certificate of the new key, and is told to trust it, over a channel that it trusts
 * already. The row of the audit trail is written before the change.
 */
public final class AuthorityChange {
  private final Store store;
  private final Authority authority;
  private final Runnable retired;
  private final Supplier<UUID> ids;
  private final Supplier<Instant> clock;

  /**
   * Of an authority.
   *
   * @param retired shows the coordinator's certificate anew: the old key does not count any more
   * @param ids for rows of the audit trail
   */
  public AuthorityChange(
      Store store,
      Authority authority,
      Runnable retired,
      Supplier<UUID> ids,
      Supplier<Instant> clock) {
    this.store = store;
    this.authority = authority;
    this.retired = retired;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Those that would have to come back by their key if the old one were retired now.
   *
   * @param until when the last of their certificates ends; empty if there are none
   */
  public record Resting(int count, Optional<Instant> until) {}

  /**
   * Begins the change.
   *
   * @return what was done, in lines for people
   * @throws Authority.ChangeRefused if a change is going on
   */
  public List<String> rotate(Actor actor) throws Authority.ChangeRefused {
    if (authority.changing()) {
      refuse(
          actor,
          "RotateAuthority",
          "the change to a new authority is going on: end it with 'ca rotate --retire' first");
    }
    audit(actor, "RotateAuthority", "ALLOWED", "");
    try {
      authority.rotate(clock.get());
    } catch (IOException | GeneralSecurityException e) {
      throw failed(actor, "RotateAuthority", e);
    }
    Resting resting = resting();
    return List.of(
        "a new authority signs the certificates of agents from now on; the old one is trusted until"
            + " it is retired",
        resting.count
            + " instances rest on the old one; each gets a certificate of the new one when it"
            + " connects next, within the hour if it is connected now",
        "hosts enrol by the pin and certificate that they have; make a backup now, since older ones"
            + " do not know the new authority",
        "when all have moved: ca rotate --retire");
  }

  /**
   * Ends the change.
   *
   * @param acknowledged so many instances may rest on the old key
   * @return what was done, in lines for people
   * @throws Authority.ChangeRefused if there is no old key, or more instances rest on it
   */
  public List<String> retire(Actor actor, int acknowledged) throws Authority.ChangeRefused {
    if (!authority.changing()) {
      refuse(
          actor,
          "RetireAuthority",
          "there is no old authority to retire: begin a change with 'ca rotate'");
    }
    Resting resting = resting();
    if (resting.count > acknowledged) {
      refuse(
          actor,
          "RetireAuthority",
          resting.count
              + " instances still have only the old authority, with certificates until "
              + resting.until.map(Instant::toString).orElse("-")
              + "; each moves when it connects next. Wait for them, or give --acknowledge "
              + resting.count
              + ": they then come back by their key, which counts against the times that they may");
    }
    audit(actor, "RetireAuthority", "ALLOWED", resting.count + " instances rested on it");
    try {
      authority.retire();
    } catch (IOException | GeneralSecurityException e) {
      throw failed(actor, "RetireAuthority", e);
    }
    retired.run();
    List<String> lines = new ArrayList<>();
    lines.add("the old authority is retired; its key is deleted");
    if (resting.count > 0) {
      lines.add(resting.count + " instances come back by their key when they connect");
    }
    lines.add(
        "give people and new hosts ca.pem anew; pins of the old authority enrol nobody any more:"
            + " pin "
            + Authority.pin(authority.certificate()));
    lines.add("make a backup now: older ones bring the old authority back");
    return lines;
  }

  /** Who rests on the old key now. */
  public Resting resting() {
    return store.read(this::resting);
  }

  private Resting resting(Read read) {
    int[] count = {0};
    Instant[] until = {Instant.EPOCH};
    Identities.eachCertificate(
        read,
        der -> {
          X509Certificate certificate = Renewal.read(der);
          if (!authority.newest(certificate)) {
            count[0]++;
            Instant end = certificate.getNotAfter().toInstant();
            until[0] = end.isAfter(until[0]) ? end : until[0];
          }
        });
    return new Resting(count[0], count[0] == 0 ? Optional.empty() : Optional.of(until[0]));
  }

  private void refuse(Actor actor, String method, String why) throws Authority.ChangeRefused {
    audit(actor, method, "DENIED", why);
    throw new Authority.ChangeRefused(why);
  }

  private StoreException failed(Actor actor, String method, Exception cause) {
    String why = "the authority could not be changed: " + cause.getMessage();
    audit(actor, method, "FAILED", why);
    return new StoreException(why, cause);
  }

  private void audit(Actor actor, String method, String decision, String reason) {
    store.write(
        write -> {
          AuditTrail.add(
              write,
              ids.get().toString(),
              method,
              actor.principal(),
              actor.address(),
              List.of(),
              decision,
              reason,
              "{}");
          return true;
        });
  }
}
