package dev.holdfast.simulation;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.link.Dialer;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.link.Links;
import dev.holdfast.coordinator.link.Outlet;
import dev.holdfast.coordinator.link.Session;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One connection between an agent and the coordinator: messages arrive late, in order, and all that
 * is on the way is lost when it is cut.
 */
final class Wire implements Dialer.Connection {
  /** Messages on the way in one direction; more, and the sender is told to wait. */
  private static final int ROOM = 8;

  private final World world;
  private final RandomGenerator random;
  private final Checker checker;
  private final InstanceId instance;
  private final Duration slowest;
  private final Timeline agent;
  private final Dialer.Listener listener;
  private @Nullable CoordinatorLife coordinator;
  private @Nullable Session session;
  private Duration lastUp = Duration.ZERO;
  private Duration lastDown = Duration.ZERO;
  private int up;
  private int down;
  private boolean cut;

  Wire(
      World world,
      RandomGenerator random,
      Checker checker,
      InstanceId instance,
      Duration slowest,
      Timeline agent,
      Dialer.Listener listener) {
    this.world = world;
    this.random = random;
    this.checker = checker;
    this.instance = instance;
    this.slowest = slowest;
    this.agent = agent;
    this.listener = listener;
  }

  /** Connects, if there is somebody to connect to when the call arrives. */
  void open(Optional<CoordinatorLife> at) {
    lastUp = later(lastUp);
    world.after(
        until(lastUp),
        () -> {
          if (cut) {
            return;
          }
          if (at.isEmpty() || !at.get().alive()) {
            cutFor("nobody listens");
            return;
          }
          world.trace(instance + " connects");
          coordinator = at.get();
          coordinator.wires().add(this);
          at.get()
              .timeline()
              .perform(
                  () ->
                      session =
                          at.get()
                              .engine()
                              .links()
                              .open(
                                  new Links.Peer(instance, "", Optional.empty(), "127.0.0.1"),
                                  new Down()));
          toAgent(listener::opened);
        });
  }

  /** The connection breaks: both ends notice after a while. */
  void cutFor(String reason) {
    if (cut) {
      return;
    }
    cut = true;
    world.trace(instance + " is cut off: " + reason);
    world.after(delay(), () -> agent.perform(() -> listener.closed(reason)));
    leave();
  }

  private void leave() {
    CoordinatorLife at = coordinator;
    Session open = session;
    if (at != null) {
      at.wires().remove(this);
      if (open != null) {
        world.after(delay(), () -> at.timeline().perform(open::closed));
      }
    }
  }

  // The agent's end.

  @Override
  public boolean ready() {
    return up < ROOM;
  }

  @Override
  public void send(AgentMessage message) {
    checker.sent(instance, message);
    up++;
    lastUp = later(lastUp);
    world.after(
        until(lastUp),
        () -> {
          up--;
          CoordinatorLife at = coordinator;
          Session open = session;
          if (!cut && at != null && open != null) {
            at.timeline().perform(() -> open.received(message));
            toAgent(listener::ready);
          }
        });
  }

  @Override
  public void fetch(Sha256 body, Consumer<Optional<byte[]>> result) {
    world.after(
        delay(),
        () -> {
          CoordinatorLife at = coordinator;
          Optional<byte[]> found =
              cut || at == null || !at.alive()
                  ? Optional.empty()
                  : at.engine().bodies().find(instance, body);
          world.after(delay(), () -> agent.perform(() -> result.accept(found)));
        });
  }

  /** No document of the simulation refers to any. */
  @Override
  public void fetchSecrets(
      AssociationId association, Set<String> names, Consumer<Dialer.SecretReply> reply) {
    world.after(
        delay(),
        () -> agent.perform(() -> reply.accept(new Dialer.SecretReply.Refused("there is none"))));
  }

  /** No host of the simulation has a certificate. */
  @Override
  public void renew(ByteString request, String installNonce, Consumer<Dialer.RenewReply> reply) {
    reply.accept(new Dialer.RenewReply.Refused("there is none"));
  }

  @Override
  public void close() {
    if (!cut) {
      cut = true;
      leave();
    }
  }

  private void toAgent(Runnable task) {
    toAgent(task, () -> {});
  }

  private void toAgent(Runnable task, Runnable arrived) {
    lastDown = later(lastDown);
    world.after(
        until(lastDown),
        () -> {
          arrived.run();
          if (!cut) {
            agent.perform(task);
          }
        });
  }

  private Duration later(Duration last) {
    Duration arrival = world.elapsed().plus(delay());
    return arrival.compareTo(last) > 0 ? arrival : last;
  }

  private Duration until(Duration arrival) {
    return arrival.minus(world.elapsed());
  }

  private Duration delay() {
    return Duration.ofMillis(1 + random.nextLong(slowest.toMillis()));
  }

  /** The coordinator's end. */
  private final class Down implements Outlet {
    @Override
    public boolean ready() {
      return down < ROOM;
    }

    @Override
    public void send(CoordinatorMessage message) {
      checker.sent(instance, message);
      down++;
      toAgent(
          () -> listener.received(message),
          () -> {
            down--;
            CoordinatorLife at = coordinator;
            Session open = session;
            if (at != null && open != null && !cut) {
              at.timeline().perform(open::ready);
            }
          });
    }

    @Override
    public void close(String reason) {
      world.trace(instance + " is sent away: " + reason);
      lastDown = later(lastDown);
      world.after(
          until(lastDown),
          () -> {
            if (!cut) {
              cut = true;
              CoordinatorLife at = coordinator;
              if (at != null) {
                at.wires().remove(Wire.this);
              }
              agent.perform(() -> listener.closed(reason));
            }
          });
    }
  }
}
