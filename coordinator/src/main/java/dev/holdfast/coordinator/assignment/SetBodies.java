package dev.holdfast.coordinator.assignment;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.AssignmentRows;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bodies that an instance may fetch: the revisions that its set names, and the documents that
 * these name, children and calendars too. After an edit thousands of instances ask for the same
 * few, so the newest are kept in memory. For any thread.
 */
public final class SetBodies {
  /** Bytes kept in memory. */
  static final int KEPT_BYTES = 16 * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger("assignments");
  private static final Comparator<Sha256> BY_TEXT = Comparator.comparing(Sha256::hex);
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

  /**
   * The bodies that a set names and the one before it did not, up to {@link
   * Limits#MAX_BESIDE_BYTES}, a document behind the revision that names it. Who holds the one
   * before lacks these. Fewer if the rows can't be read: whoever lacks one fetches it.
   */
  public List<ByteString> added(AssignmentSet before, AssignmentSet now) {
    Set<Sha256> known = new HashSet<>();
    before.assignments().forEach(reference -> known.add(reference.body()));
    List<Sha256> revisions =
        now.assignments().stream().map(AssignmentReference::body).filter(known::add).toList();
    if (revisions.isEmpty()) {
      return List.of();
    }
    List<ByteString> added = new ArrayList<>();
    try {
      before.assignments().forEach(reference -> known.addAll(documents(reference.body())));
      int room = Limits.MAX_BESIDE_BYTES;
      for (Sha256 revision : revisions) {
        List<Sha256> bodies = new ArrayList<>(List.of(revision));
        documents(revision).stream().sorted(BY_TEXT).filter(known::add).forEach(bodies::add);
        for (Sha256 body : bodies) {
          Optional<byte[]> bytes = bytes(body);
          room -= bytes.map(found -> found.length).orElse(Integer.MAX_VALUE);
          if (room < 0) {
            return added;
          }
          added.add(UnsafeByteOperations.unsafeWrap(bytes.orElseThrow()));
        }
      }
    } catch (StoreException e) {
      LOG.warn("bodies could not be read, they are left to be fetched reason={}", e.getMessage());
    }
    return added;
  }

  private Set<Sha256> documents(Sha256 revision) {
    synchronized (documents) {
      Set<Sha256> known = documents.get(revision);
      if (known != null) {
        return known;
      }
    }
    return store.read(read -> documents(read, revision));
  }

  private Optional<byte[]> bytes(Sha256 body) {
    synchronized (kept) {
      byte[] known = kept.get(body);
      if (known != null) {
        return Optional.of(known);
      }
    }
    return store.read(read -> bytes(read, body));
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
