package dev.holdfast.agent.link;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.identity.Papers;
import dev.holdfast.agent.run.Secrets;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The network, as a seam: makes one connection to the coordinator at a time. */
public interface Dialer {

  /** Begins to connect. All that becomes of it is told to the listener, on the agent's thread. */
  Connection dial(Listener listener);

  /** Hears what comes down a connection. */
  interface Listener {
    /** It is open: messages can be sent. */
    void opened();

    /** A message came. */
    void received(CoordinatorMessage message);

    /** It can take messages again, after {@link Connection#ready} was false. */
    void ready();

    /** It is gone, or never came to be; nothing more comes after this. */
    void closed(String reason);

    /** As {@link #closed}: the other side says that this host's certificate is not good. */
    default void turnedAway(String reason) {
      closed(reason);
    }

    /** As {@link #closed}: the other side says that this host came too often, and when to come. */
    default void tooOften(String reason, Duration retryAfter) {
      closed(reason);
    }
  }

  /** One connection. */
  interface Connection {
    /** Whether a message would be sent rather than queued. */
    boolean ready();

    /** Sends a message. */
    void send(AgentMessage message);

    /** Asks for the bytes of a body; empty if they don't come. */
    void fetch(Sha256 body, Consumer<Optional<byte[]>> result);

    /**
     * Asks for the values of SecureStrings that an association of this instance refers to.
     *
     * @param names each {@code NAME} or {@code NAME:VERSION}
     */
    void fetchSecrets(AssociationId association, Set<String> names, Consumer<SecretReply> reply);

    /**
     * Asks for the next certificate.
     *
     * @param request PKCS#10, DER
     */
    void renew(ByteString request, String installNonce, Consumer<RenewReply> reply);

    /** Ends it; the listener hears no more. */
    void close();
  }

  /** What became of the wish for a new certificate. */
  sealed interface RenewReply {
    /** It is there, not checked yet. */
    record Given(Papers.Answer answer) implements RenewReply {}

    /** There is none now. */
    record Refused(String reason) implements RenewReply {}
  }

  /** What the coordinator said. */
  sealed interface SecretReply {
    /** The values, by the names that were asked for. */
    record Given(Map<String, Secrets.Secret> secrets) implements SecretReply {
      /** Copies. */
      public Given {
        secrets = Map.copyOf(secrets);
      }
    }

    /** It does not give them, whenever it is asked. */
    record Refused(String reason) implements SecretReply {}

    /** It said nothing, or that it can't now; it may be asked again. */
    record Lost(String reason) implements SecretReply {}
  }
}
