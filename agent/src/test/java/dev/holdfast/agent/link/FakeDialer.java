package dev.holdfast.agent.link;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A network in which the test says what happens. */
final class FakeDialer implements Dialer {
  final List<FakeConnection> dialled = new ArrayList<>();

  @Override
  public Connection dial(Listener listener) {
    FakeConnection connection = new FakeConnection(listener);
    dialled.add(connection);
    return connection;
  }

  FakeConnection last() {
    return dialled.getLast();
  }

  /** A request for secrets, which the test answers. */
  record Asked(AssociationId association, Set<String> names, Consumer<SecretReply> reply) {}

  /** One connection, with all that the agent did with it. */
  static final class FakeConnection implements Connection {
    final List<AgentMessage> sent = new ArrayList<>();
    final Map<Sha256, Consumer<Optional<byte[]>>> fetches = new LinkedHashMap<>();
    final List<Asked> secrets = new ArrayList<>();
    final List<Consumer<RenewReply>> renewals = new ArrayList<>();
    final Listener listener;
    boolean ready = true;
    boolean closed;

    FakeConnection(Listener listener) {
      this.listener = listener;
    }

    void receive(CoordinatorMessage.Builder message) {
      listener.received(message.build());
    }

    Consumer<Optional<byte[]>> answer(Sha256 body) {
      return Optional.ofNullable(fetches.get(body)).orElseThrow();
    }

    AgentMessage lastSent() {
      return sent.getLast();
    }

    @Override
    public boolean ready() {
      return ready;
    }

    @Override
    public void send(AgentMessage message) {
      sent.add(message);
    }

    @Override
    public void fetch(Sha256 body, Consumer<Optional<byte[]>> result) {
      fetches.put(body, result);
    }

    @Override
    public void fetchSecrets(
        AssociationId association, Set<String> names, Consumer<SecretReply> reply) {
      secrets.add(new Asked(association, names, reply));
    }

    @Override
    public void renew(ByteString request, String installNonce, Consumer<RenewReply> reply) {
      renewals.add(reply);
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
