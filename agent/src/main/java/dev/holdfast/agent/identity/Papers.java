package dev.holdfast.agent.identity;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The certificate with which the agent is let in, and how it gets the next one: what the link needs
 * of its identity. On the agent's own thread only.
 */
public interface Papers {
  /** Of a host that needs none: in tests and simulations without a network. */
  Papers NONE =
      new Papers() {
        @Override
        public Optional<Validity> validity() {
          return Optional.empty();
        }

        @Override
        public ByteString request() {
          return ByteString.EMPTY;
        }

        @Override
        public void accept(Answer answer) {
          // there is nothing to renew
        }

        @Override
        public void recover(Consumer<String> done) {
          done.accept("this host has no certificate");
        }

        @Override
        public Optional<String> installNonce() {
          return Optional.empty();
        }

        @Override
        public void differ() {
          // it has no copies
        }
      };

  /**
   * How long a certificate is good.
   *
   * @param life from the moment on at which it was given out
   */
  record Validity(Instant notAfter, Duration life) {}

  /**
   * A certificate as the coordinator gives it, not checked.
   *
   * @param chain DER, leaf first
   * @param authorities DER: all that are to be trusted
   */
  record Answer(List<ByteString> chain, Duration life, List<ByteString> authorities) {
    /** Copies. */
    public Answer {
      chain = List.copyOf(chain);
      authorities = List.copyOf(authorities);
    }
  }

  /** Of the certificate in use; empty if there is none. */
  Optional<Validity> validity();

  /** Asks for the next certificate: its key is on disk before this returns. */
  ByteString request();

  /**
   * Takes the next certificate: in use, and on disk, when this returns.
   *
   * @throws IdentityException if it is not one for this host and that key
   */
  void accept(Answer answer);

  /**
   * Comes back by proving that this host has its key.
   *
   * @param done told on the agent's thread: empty if it did, else why not
   */
  void recover(Consumer<String> done);

  /** Tells copies of the folder apart; empty if that is not for these papers to say. */
  Optional<String> installNonce();

  /** There are copies of this folder: from now on this one has an install nonce of its own. */
  void differ();
}
