package dev.holdfast.agent.link;

import dev.holdfast.agent.schedule.Waiting;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.permit.Permit;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.List;

/** What the coordinator wants of this instance, as it comes down the link. */
public interface Wanted {

  /** The generation that is held on disk; part of every hello. */
  Generation generationHeld();

  /** The hash of the set that is held on disk; part of every hello. */
  Sha256 setHeld();

  /**
   * A set is wanted. The newest wins; a lower generation than the one held is refused.
   *
   * @param beside bodies that came with it, of which those are taken that are lacking
   */
  void wanted(AssignmentSet set, List<byte[]> beside);

  /** What is held is what is wanted, up to this later generation. */
  void confirmed(Generation generation, Sha256 set);

  /** The link lives, and the coordinator has answered our hello. */
  void linked();

  /** The link is gone: what was on its way is lost. */
  void unlinked();

  /** What permits are asked for and held; part of every hello. */
  PermitRequest permits();

  /** What becomes of something that was asked for. */
  void permit(Permit permit);

  /** Counts the rounds of the work loop that were completed: part of every heartbeat. */
  long workLoopCount();

  /** What is due and waits, one an association: part of every heartbeat. */
  List<Wait> waits();

  /** What needs the attention of people: part of every heartbeat. */
  List<Condition> conditions();

  /**
   * Something about this host that needs attention.
   *
   * @param code a word in capitals
   * @param message in words
   * @param since when it began
   */
  record Condition(String code, String message, Instant since) {}

  /**
   * A trigger that is due, and what it waits for.
   *
   * @param since when the work loop first saw that it waits for this
   */
  record Wait(Waiting waiting, Instant since) {}
}
