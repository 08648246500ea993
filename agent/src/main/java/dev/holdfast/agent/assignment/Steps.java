package dev.holdfast.agent.assignment;

import dev.holdfast.document.Document;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.StateInputs;

/**
 * What the steps of a document mean for when it is started.
 *
 * @param takeSlot whether a run is counted against those that a host does at once; not if it only
 *     reads inventory
 * @param repeatable whether every step describes a state: then a run whose end nobody saw is simply
 *     begun anew, in the same tick and whatever the association says of interruptions
 */
record Steps(boolean takeSlot, boolean repeatable) {

  /** Those of a document that can't be read. */
  static final Steps UNKNOWN = new Steps(true, false);

  static Steps of(Document document) {
    return new Steps(
        !document.steps().stream()
            .allMatch(step -> step.action().equals(Plugins.SOFTWARE_INVENTORY)),
        document.steps().stream().allMatch(step -> StateInputs.describes(step.action())));
  }
}
