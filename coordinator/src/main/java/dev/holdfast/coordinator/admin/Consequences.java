package dev.holdfast.coordinator.admin;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import java.util.List;
import java.util.Optional;

/**
 * What follows for associations from a change of something that they rest on; in the transaction of
 * the change.
 */
public interface Consequences {

  /**
   * An instance came, went, or has other tags; the newest event says so.
   *
   * @throws Refusal if it would have more associations than an instance can have
   */
  void instanceChanged(Write write, InstanceId instance);

  /**
   * A document has a new version or another default.
   *
   * @param acknowledged on how many instances at once whoever asks expects what follows to run
   * @throws Refusal if it would run on more than that, and on more than may go unforeseen; or if an
   *     association could not run any more
   */
  void documentChanged(Write write, String document, int acknowledged);

  /**
   * A document came, is gone, or was put at the start of the program: whatever follows is meant, or
   * nobody is there who could be asked.
   */
  void documentChanged(Write write, String document);

  /**
   * A stored parameter has a new value.
   *
   * @param acknowledged as for a document
   * @throws Refusal as for a document
   */
  void parameterChanged(Write write, String parameter, int acknowledged);

  /** The associations that rest on a document, or name it, as people call them. */
  List<String> associationsUsing(Read read, String document);

  /** Those of them that execute this version of it now. */
  List<String> associationsUsing(Read read, String document, int version);

  /**
   * The associations that refer to a stored parameter, as people call them.
   *
   * @param version only those that pin this one; empty: any
   */
  List<String> associationsReferring(Read read, String parameter, Optional<Integer> version);
}
