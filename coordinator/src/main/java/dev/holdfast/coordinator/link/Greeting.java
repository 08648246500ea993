package dev.holdfast.coordinator.link;

import com.google.protobuf.util.Timestamps;
import dev.holdfast.assignment.Generation;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.trust.Claims;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.PermitCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.WireException;
import dev.holdfast.wire.agent.Hello;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A hello, checked.
 *
 * @param host what the agent says of its host, cut to size
 * @param clockOffsetMillis how far its clock is ahead of ours
 * @param held the generation that it holds
 * @param set the hash of the set that it holds; empty if it holds none
 * @param spoolEpoch names its spool
 * @param permits what it asks permits for and holds
 * @param copy which copy of the host speaks
 */
record Greeting(
    Instances.Host host,
    long clockOffsetMillis,
    Generation held,
    Optional<Sha256> set,
    String spoolEpoch,
    PermitRequest permits,
    Copy copy) {
  private static final Pattern NONCE = Pattern.compile("[0-9A-Za-z-]{0,64}");
  private static final Pattern SPOOL_EPOCH = Pattern.compile("[0-9A-Za-z-]{1,64}");

  /**
   * What tells copies of a host apart.
   *
   * @param installNonce of its state folder
   * @param process of the agent's process; empty if it is too old to say
   * @param fingerprint of the machine; empty if it doesn't know
   */
  record Copy(String installNonce, String process, String fingerprint) {}

  /**
   * From the wire.
   *
   * @throws Unacceptable if it has not the form of a hello
   */
  static Greeting of(Hello hello, String peerAddress, Instant now) throws Unacceptable {
    if (!SPOOL_EPOCH.matcher(hello.getSpoolEpoch()).matches()) {
      throw new Unacceptable("spool_epoch of the hello is not 1 to 64 letters, digits and dashes");
    }
    int hash = hello.getSetSha256().size();
    if (hash != 0 && hash != 32) {
      throw new Unacceptable("set_sha256 of the hello has " + hash + " bytes; allowed are 32");
    }
    Generation held = AssignmentCodec.fromProto(hello.getGeneration());
    if (held.epoch() < 0 || held.position() < 0) {
      throw new Unacceptable("the generation of the hello is negative");
    }
    if (!Timestamps.isValid(hello.getClock())) {
      throw new Unacceptable("the clock of the hello is no time");
    }
    for (String nonce :
        List.of(hello.getInstallNonce(), hello.getProcessNonce(), hello.getFingerprint())) {
      if (!NONCE.matcher(nonce).matches()) {
        throw new Unacceptable("a nonce of the hello is not 64 letters, digits and dashes at most");
      }
    }
    String address = Claims.text(hello.getPlatform().getIpAddress(), 64);
    return new Greeting(
        new Instances.Host(
            Claims.text(hello.getAgentVersion(), 64),
            Claims.text(hello.getPlatform().getType(), 32),
            Claims.text(hello.getPlatform().getName(), 256),
            Claims.text(hello.getPlatform().getVersion(), 128),
            Claims.text(hello.getPlatform().getComputerName(), 256),
            address.isEmpty() ? peerAddress : address,
            Claims.text(hello.getBootId(), 64)),
        Duration.between(now, Times.fromProto(hello.getClock())).toMillis(),
        held,
        hash == 0
            ? Optional.empty()
            : Optional.of(Sha256.ofRaw(hello.getSetSha256().toByteArray())),
        hello.getSpoolEpoch(),
        permits(hello.getPermits()),
        new Copy(hello.getInstallNonce(), hello.getProcessNonce(), hello.getFingerprint()));
  }

  /**
   * What an agent asks permits for.
   *
   * @throws Unacceptable if it means nothing
   */
  static PermitRequest permits(dev.holdfast.wire.agent.PermitRequest said) throws Unacceptable {
    try {
      return PermitCodec.fromProto(said);
    } catch (WireException e) {
      throw new Unacceptable(String.valueOf(e.getMessage()));
    }
  }

  /** A message that ends its link; the message says why. */
  static final class Unacceptable extends Exception {
    private static final long serialVersionUID = 1L;

    Unacceptable(String message) {
      super(message);
    }
  }
}
