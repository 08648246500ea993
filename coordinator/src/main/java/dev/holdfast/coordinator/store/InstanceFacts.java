package dev.holdfast.coordinator.store;

import dev.holdfast.association.InstanceId;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;

/**
 * What the inventory says of an instance that may connect, by its own row.
 *
 * @param presence what the log said last: NEVER, ONLINE, SILENT, CONNECTION_LOST, INACTIVE
 */
public record InstanceFacts(
    InstanceId id,
    String agentVersion,
    String computerName,
    String ipAddress,
    String platformType,
    String platformName,
    String platformVersion,
    String presence) {

  private static final String FACTS =
      "SELECT id, agent_version, computer_name, ip_address, platform_type, platform_name,"
          + " platform_version, presence FROM instance WHERE state = 'ACTIVE'";

  private static final RowMapper<InstanceFacts> ROW =
      (row, context) ->
          new InstanceFacts(
              new InstanceId(row.getString(1)),
              row.getString(2),
              row.getString(3),
              row.getString(4),
              row.getString(5),
              row.getString(6),
              row.getString(7),
              row.getString(8));

  /** Those of all. */
  public static List<InstanceFacts> all(Read read) {
    return read.handle().createQuery(FACTS).map(ROW).list();
  }

  /** Those of some; who is not there is not in it. */
  public static List<InstanceFacts> of(Read read, Collection<String> ids) {
    return ids.isEmpty()
        ? List.of()
        : read.handle()
            .createQuery(FACTS + " AND id IN (<ids>)")
            .bindList("ids", List.copyOf(ids))
            .map(ROW)
            .list();
  }
}
