package dev.holdfast.agent.link;

import dev.holdfast.assignment.Generation;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.task.Sha256;
import java.util.Optional;
import java.util.function.Consumer;

/** The way to the coordinator, as the rest of the agent sees it. On the agent's own thread only. */
public interface Uplink {

  /** Whether the link lives and the coordinator has answered our hello. */
  boolean linked();

  /**
   * Asks for the bytes of a body that the wanted set names. The result comes later, on the agent's
   * thread: empty if the link is gone or the coordinator does not give it. The bytes are not
   * verified.
   */
  void fetch(Sha256 body, Consumer<Optional<byte[]>> result);

  /** Tells that a set is adopted: it and all it needs are on disk. */
  void adopted(Generation generation, Sha256 set);

  /** Says what permits are asked for and held; lost if there is no link: the next hello says it. */
  void permits(PermitRequest request);

  /** The spool has something new to send. */
  void spooled();

  /** What is due waits for something else than before: worth a heartbeat that comes early. */
  void waitsChanged();
}
