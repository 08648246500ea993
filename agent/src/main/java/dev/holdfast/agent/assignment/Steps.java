package dev.holdfast.agent.assignment;

import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.StateInputs;
import dev.holdfast.task.Sha256;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the steps of a document mean for when it is started.
 *
 * @param takeSlot whether a run is counted against those that a host does at once; not if it only
 *     reads inventory
 * @param repeatable whether every step describes a state: then a run whose end nobody saw is simply
 *     begun anew, in the same tick and whatever the association says of interruptions
 */
record Steps(boolean takeSlot, boolean repeatable) {

  private static final Logger LOG = LoggerFactory.getLogger("assignments");

  /** Those of a document that can't be read: a run of it says so. */
  static final Steps UNKNOWN = new Steps(true, false);

  /** Those of a document on the disk. What breaks whoever reads it ends with it. */
  static Steps read(Sha256 document, Bodies bodies) {
    Optional<byte[]> bytes = bodies.read(document);
    try {
      return bytes
          .flatMap(read -> DocumentReader.read(read).document())
          .map(Steps::of)
          .orElse(UNKNOWN);
    } catch (RuntimeException | Error e) {
      LOG.error("to read a document breaks the agent sha256={} reason={}", document, e.toString());
      return UNKNOWN;
    }
  }

  static Steps of(Document document) {
    return new Steps(
        !document.steps().stream()
            .allMatch(step -> step.action().equals(Plugins.SOFTWARE_INVENTORY)),
        document.steps().stream().allMatch(step -> StateInputs.describes(step.action())));
  }
}
