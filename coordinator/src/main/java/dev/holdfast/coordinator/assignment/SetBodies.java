package dev.holdfast.coordinator.assignment;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.AssignmentRows;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The bodies that an instance may fetch: the revisions that its set names, and the documents that
 * these name, children and calendars too. After an edit thousands of instances ask for the same
 * few, so the newest are kept in memory. For any thread.
 */
public final class SetBodies {
  /** Bytes kept in memory. */
  static final int KEPT_BYTES = 16 * 1024 * 1024;

  private static final int REMEMBERED_REVISIONS = 10_000;

  private final Store store;
  private final Map<Sha256, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Sha256, Set<Sha256>> documents = new LinkedHashMap<>(16, 0.75f, true);
  private int keptBytes;

  /** Over a store. */
  public SetBodies(Store store) {
    this.store = store;
  }

  /** The bytes of a body, if the set of this instance names it now. */
  public Optional<byte[]> find(InstanceId instance, Sha256 body) {
    return store.read(
        read -> {
          Set<Sha256> revisions = AssignmentRows.revisions(read, instance);
          boolean named =
              revisions.contains(body)
                  || revisions.stream()
                      .anyMatch(revision -> documents(read, revision).contains(body));
          return named ? bytes(read, body) : Optional.empty();
        });
  }

  private Set<Sha256> documents(Read read, Sha256 revision) {
    synchronized (documents) {
      Set<Sha256> known = documents.get(revision);
      if (known != null) {
        return known;
      }
    }
    Optional<byte[]> bytes = bytes(read, revision);
    if (bytes.isEmpty()) {
      return Set.of();
    }
    Set<Sha256> named = AssignmentCodec.fromBytes(bytes.get()).bodies();
    synchronized (documents) {
      documents.put(revision, named);
      while (documents.size() > REMEMBERED_REVISIONS) {
        documents.remove(documents.keySet().iterator().next());
      }
    }
    return named;
  }

  private Optional<byte[]> bytes(Read read, Sha256 body) {
    synchronized (kept) {
      byte[] known = kept.get(body);
      if (known != null) {
        return Optional.of(known);
      }
    }
    Optional<byte[]> found = Bodies.find(read, body);
    found.ifPresent(bytes -> keep(body, bytes));
    return found;
  }

  private void keep(Sha256 body, byte[] bytes) {
    synchronized (kept) {
      byte[] before = kept.put(body, bytes);
      keptBytes += bytes.length - (before == null ? 0 : before.length);
      while (keptBytes > KEPT_BYTES && kept.size() > 1) {
        Sha256 eldest = kept.keySet().iterator().next();
        byte[] dropped = kept.remove(eldest);
        keptBytes -= dropped == null ? 0 : dropped.length;
      }
    }
  }
}
