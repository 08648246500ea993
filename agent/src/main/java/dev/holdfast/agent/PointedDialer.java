package dev.holdfast.agent;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.link.Dialer;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.agent.AgentMessage;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A dialer whose connections have a failpoint behind each batch of reports. */
final class PointedDialer implements Dialer {
  private final Dialer dialer;
  private final Failpoints failpoints;

  PointedDialer(Dialer dialer, Failpoints failpoints) {
    this.dialer = dialer;
    this.failpoints = failpoints;
  }

  @Override
  public Connection dial(Listener listener) {
    Connection connection = dialer.dial(listener);
    return new Connection() {
      @Override
      public boolean ready() {
        return connection.ready();
      }

      @Override
      public void send(AgentMessage message) {
        connection.send(message);
        if (message.hasReports()) {
          failpoints.reach(Failpoints.AFTER_SEND);
        }
      }

      @Override
      public void fetch(Sha256 body, Consumer<Optional<byte[]>> result) {
        connection.fetch(body, result);
      }

      @Override
      public void fetchSecrets(
          AssociationId association, Set<String> names, Consumer<SecretReply> reply) {
        connection.fetchSecrets(association, names, reply);
      }

      @Override
      public void renew(ByteString request, String installNonce, Consumer<RenewReply> reply) {
        connection.renew(request, installNonce, reply);
        failpoints.reach(Failpoints.AFTER_RENEW_SEND);
      }

      @Override
      public void close() {
        connection.close();
      }
    };
  }
}
