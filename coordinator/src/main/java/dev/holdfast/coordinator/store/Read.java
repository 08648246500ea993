package dev.holdfast.coordinator.store;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** A view of the rows as they were at one moment. */
public final class Read {
  private final Handle handle;
  private final Sight sight;

  /** Of all rows. */
  Read(Handle handle) {
    this(handle, Sight.all());
  }

  /** Of what somebody sees, by a connection that knows it. */
  Read(Handle handle, Sight sight) {
    this.handle = handle;
    this.sight = sight;
  }

  /** Whether an instance is seen, there or not. */
  public boolean sees(InstanceId instance) {
    return sight.isAll()
        || handle
            .createQuery("SELECT 1 FROM temp.sight WHERE id = :id")
            .bind("id", instance.value())
            .mapTo(Integer.class)
            .findOne()
            .isPresent();
  }

  /** Whether an association is seen: it has a member that is, or is for such instances. */
  public boolean sees(AssociationId association) {
    return sight.isAll() || Shadows.sees(handle, association.value());
  }

  /** Those that are seen, if these are not all. */
  public Optional<List<InstanceId>> seen() {
    return sight.isAll()
        ? Optional.empty()
        : Optional.of(
            handle
                .createQuery("SELECT id FROM temp.sight")
                .map((row, context) -> new InstanceId(row.getString("id")))
                .list());
  }

  /** Of which instances the rows are: for what is found elsewhere than in rows. */
  public Sight sight() {
    return sight;
  }

  /** For the classes of this package. */
  Handle handle() {
    return handle;
  }
}
