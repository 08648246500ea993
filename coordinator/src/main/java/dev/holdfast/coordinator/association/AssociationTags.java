package dev.holdfast.coordinator.association;

import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.wire.v1.Association;
import java.util.Map;

/** Tags of associations: a part of what somebody wrote, so each change makes a version. */
public final class AssociationTags {
  private final AssociationDesk desk;

  /** Over the desk that writes versions. */
  public AssociationTags(AssociationDesk desk) {
    this.desk = desk;
  }

  /** Those of the association with an id or name, or a refusal. */
  public Map<String, String> of(Read read, String idOrName) {
    return AssociationDesk.content(read, Descriptions.required(read, idOrName)).getTagsMap();
  }

  /** The id of the association with an id or name, or a refusal. */
  public String id(Read read, String idOrName) {
    return Descriptions.required(read, idOrName).id().value();
  }

  /** Sets these in place of those before; they are others. Nothing runs by it. */
  public String set(Write write, String idOrName, Map<String, String> tags) {
    Associations.Association row = Descriptions.required(write.read(), idOrName);
    Association before = AssociationDesk.content(write.read(), row);
    AssociationDesk.roomForVersion(row);
    var _ =
        desk.update(write, row, before, before.toBuilder().clearTags().putAllTags(tags).build(), 0);
    return row.id().value();
  }
}
