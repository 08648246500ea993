package dev.holdfast.agent.link;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.agent.AgentMessage;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A connection that is another one, but for what its kind does otherwise. */
public abstract class OtherConnection implements Dialer.Connection {
  private final Dialer.Connection connection;

  /** Over that one. */
  protected OtherConnection(Dialer.Connection connection) {
    this.connection = connection;
  }

  @Override
  public void send(AgentMessage message) {
    connection.send(message);
  }

  @Override
  public boolean ready() {
    return connection.ready();
  }

  @Override
  public void fetch(Sha256 body, Consumer<Optional<byte[]>> result) {
    connection.fetch(body, result);
  }

  @Override
  public void fetchSecrets(
      AssociationId association, Set<String> names, Consumer<Dialer.SecretReply> reply) {
    connection.fetchSecrets(association, names, reply);
  }

  @Override
  public void renew(ByteString request, String installNonce, Consumer<Dialer.RenewReply> reply) {
    connection.renew(request, installNonce, reply);
  }

  @Override
  public void close() {
    connection.close();
  }
}
