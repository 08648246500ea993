package dev.holdfast.agent.link;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.identity.IdentityException;
import dev.holdfast.agent.identity.Papers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A certificate of which the test says how long it is good. */
final class FakePapers implements Papers {
  Optional<Validity> validity = Optional.empty();
  final List<Answer> accepted = new ArrayList<>();
  final List<Consumer<String>> recoveries = new ArrayList<>();
  Optional<String> nonce = Optional.empty();
  boolean refuses;

  @Override
  public Optional<Validity> validity() {
    return validity;
  }

  @Override
  public ByteString request() {
    return ByteString.copyFromUtf8("request");
  }

  @Override
  public void accept(Answer answer) {
    if (refuses) {
      throw new IdentityException("not good");
    }
    accepted.add(answer);
  }

  @Override
  public void recover(Consumer<String> done) {
    recoveries.add(done);
  }

  @Override
  public Optional<String> installNonce() {
    return nonce;
  }

  @Override
  public void differ() {
    nonce = nonce.map(before -> before + "'");
  }
}
