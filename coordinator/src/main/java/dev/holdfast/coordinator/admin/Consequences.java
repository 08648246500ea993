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
   * A document has a new version, another default, or is gone.
   *
   * @param acknowledged on how many instances at once whoever asks expects what follows to run
   * @throws Refusal if it would run on more than that, and on more than may go unforeseen
   */
  void documentChanged(Write write, String document, int acknowledged);

  /** A document changed, and nobody is there who could be asked: at the start of the program. */
  default void documentChanged(Write write, String document) {
    documentChanged(write, document, Integer.MAX_VALUE);
  }

  /**
   * A stored parameter has a new value.
   *
   * @param acknowledged as for a document
   */
  void parameterChanged(Write write, String parameter, int acknowledged);

  /** The associations that use a document, as people call them. */
  List<String> associationsUsing(Read read, String document);

  /**
   * The associations that refer to a stored parameter, as people call them.
   *
   * @param version only those that pin this one; empty: any
   */
  List<String> associationsReferring(Read read, String parameter, Optional<Integer> version);
}
