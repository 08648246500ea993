package dev.holdfast.coordinator.store;

import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.mapper.RowMapper;

/** Instances, their tags, and how much of their spools is stored. */
public final class Instances {
  /** Of rows that begin with all columns, in the order in which the table has them. */
  private static final RowMapper<Instance> ROW = (row, context) -> instance(row);

  private Instances() {}

  private static Instance instance(ResultSet row) throws SQLException {
    return new Instance(
        new InstanceId(row.getString(1)),
        InstanceState.valueOf(row.getString(2)),
        row.getString(3),
        row.getString(4),
        row.getString(6),
        ByteString.copyFrom(row.getBytes(7)),
        Instant.ofEpochMilli(row.getLong(8)),
        new Host(
            row.getString(9),
            row.getString(10),
            row.getString(11),
            row.getString(12),
            row.getString(13),
            row.getString(14),
            row.getString(15)),
        Times.maybe(row, 18),
        row.getLong(19));
  }

  /** What an agent says of its host. */
  public record Host(
      String agentVersion,
      String platformType,
      String platformName,
      String platformVersion,
      String computerName,
      String ipAddress,
      String bootId) {
    /** Whether another says the same of the platform. */
    public boolean samePlatform(Host other) {
      return platformType.equals(other.platformType)
          && platformName.equals(other.platformName)
          && platformVersion.equals(other.platformVersion);
    }
  }

  /**
   * An instance's row.
   *
   * @param clockOffsetMillis how far its clock was ahead of ours at its last hello
   */
  public record Instance(
      InstanceId id,
      InstanceState state,
      String name,
      String activationId,
      String certificateSerial,
      ByteString certificate,
      Instant registered,
      Host host,
      Optional<Instant> lastSeen,
      long clockOffsetMillis) {
    /** When it was last heard; when it enrolled, if it never was. */
    public Instant heard() {
      return lastSeen.orElse(registered);
    }
  }

  /** What targets look at. */
  public record Traits(
      InstanceId id,
      Map<String, String> tags,
      String platformType,
      String platformName,
      String platformVersion) {
    /** Copies. */
    public Traits {
      tags = Map.copyOf(tags);
    }
  }

  private record Tag(String instance, String key, String value) {}

  /** Adds one that is ACTIVE. */
  public static void add(
      Write write,
      InstanceId id,
      String name,
      String activationId,
      String publicKeySha256,
      String serial,
      byte[] certificate,
      String agentVersion,
      String computerName) {
    add(
        write,
        id,
        InstanceState.ACTIVE,
        name,
        activationId,
        publicKeySha256,
        serial,
        certificate,
        agentVersion,
        computerName);
  }

  /** Adds one, ACTIVE or PENDING. */
  public static void add(
      Write write,
      InstanceId id,
      InstanceState state,
      String name,
      String activationId,
      String publicKeySha256,
      String serial,
      byte[] certificate,
      String agentVersion,
      String computerName) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO instance (id, state, name, activation_id, public_key_sha256,"
                + " certificate_serial, certificate, registered, agent_version, platform_type,"
                + " platform_name, platform_version, computer_name, ip_address, boot_id,"
                + " spool_epoch, spool_epoch_number, clock_offset, key_sha256, state_since) VALUES"
                + " (:id, :state, :name, :activation, :key, :serial, :certificate, :now, :agent,"
                + " '', '', '', :computer, '', '', '', 0, 0, :key, :now)")
        .bind("id", id.value())
        .bind("state", state.name())
        .bind("name", name)
        .bind("activation", activationId)
        .bind("key", publicKeySha256)
        .bind("serial", serial)
        .bind("certificate", certificate)
        .bind("now", write.now().toEpochMilli())
        .bind("agent", agentVersion)
        .bind("computer", computerName)
        .execute();
  }

  /** The one, whatever its state. */
  public static Optional<Instance> find(Read read, InstanceId id) {
    return Plain.one(
        read.handle(), "SELECT * FROM instance WHERE id = ?", Instances::instance, id.value());
  }

  /** The one, if it is ACTIVE. */
  public static Optional<Instance> active(Read read, InstanceId id) {
    return find(read, id).filter(row -> row.state() == InstanceState.ACTIVE);
  }

  /** The one, if associations apply to it. */
  public static Optional<Instance> targeted(Read read, InstanceId id) {
    return find(read, id).filter(row -> row.state().targeted());
  }

  /** The one, if it may connect. */
  public static Optional<Instance> connecting(Read read, InstanceId id) {
    return find(read, id).filter(row -> row.state().connects());
  }

  /** The one, whatever its state, unless it is gone. */
  public static Optional<Instance> registered(Read read, InstanceId id) {
    return find(read, id).filter(row -> row.state() != InstanceState.DEREGISTERED);
  }

  /** The one that enrolled with this activation and key. */
  public static Optional<Instance> enrolled(
      Read read, String activationId, String publicKeySha256) {
    return read.handle()
        .createQuery(
            "SELECT * FROM instance WHERE activation_id = :activation AND public_key_sha256 = :key")
        .bind("activation", activationId)
        .bind("key", publicKeySha256)
        .map(ROW)
        .findOne();
  }

  /** Those that are registered, whatever their state, by id, after one. */
  public static List<Instance> list(Read read, String after, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM instance WHERE state <> 'DEREGISTERED' AND id > :after ORDER BY id LIMIT"
                + " :limit")
        .bind("after", after)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** Those that are registered and have a tag with one of these values, by id, after one. */
  public static List<Instance> tagged(
      Read read, String key, Collection<String> values, String after, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM instance WHERE state <> 'DEREGISTERED' AND id > :after AND id IN (SELECT"
                + " instance_id FROM instance_tag WHERE key = :key AND value IN (<values>)) ORDER"
                + " BY id LIMIT :limit")
        .bind("after", after)
        .bind("key", key)
        .bindList("values", List.copyOf(values))
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /**
   * Those that are deregistered are kept, so that no id is ever used again; what was judged of them
   * is not.
   */
  public static boolean deregister(Write write, InstanceId id) {
    boolean was = Identities.become(write, id, InstanceState.DEREGISTERED, "");
    if (was) {
      Identities.voidCertificates(write, id);
      Identities.approve(write, id, "");
      Identities.forgetRecoveries(write, id);
      Compliance.forget(write, id);
      Inventories.leave(write, id);
    }
    return was;
  }

  /** Notes what an agent says of its host, and that it was heard. */
  public static void heard(Write write, InstanceId id, Host host, long clockOffsetMillis) {
    write
        .handle()
        .createUpdate(
            "UPDATE instance SET agent_version = :agent, platform_type = :type, platform_name ="
                + " :name, platform_version = :version, computer_name = :computer, ip_address ="
                + " :ip, boot_id = :boot, last_seen = :now, clock_offset = :offset WHERE id = :id")
        .bind("agent", host.agentVersion())
        .bind("type", host.platformType())
        .bind("name", host.platformName())
        .bind("version", host.platformVersion())
        .bind("computer", host.computerName())
        .bind("ip", host.ipAddress())
        .bind("boot", host.bootId())
        .bind("now", write.now().toEpochMilli())
        .bind("offset", clockOffsetMillis)
        .bind("id", id.value())
        .execute();
  }

  /** Notes when instances were last heard. */
  public static void seen(Write write, Map<InstanceId, Instant> times) {
    times.forEach(
        (id, time) ->
            Plain.update(
                write.handle(),
                "UPDATE instance SET last_seen = ? WHERE id = ?",
                time.toEpochMilli(),
                id.value()));
  }

  /**
   * When those that may connect were last heard; when they enrolled, if they never were. Who is
   * held is in it, since it will tell what became of its runs; who is deregistered or banned is
   * not.
   */
  public static Map<InstanceId, Instant> lastHeard(Read read) {
    Map<InstanceId, Instant> heard = new HashMap<>();
    read.handle()
        .createQuery(
            "SELECT id, COALESCE(last_seen, registered) AS heard FROM instance WHERE state IN"
                + " ('ACTIVE', 'PENDING', 'DUPLICATE')")
        .map(
            (row, context) ->
                Map.entry(new InstanceId(row.getString("id")), Times.of(row, "heard")))
        .forEach(instance -> heard.put(instance.getKey(), instance.getValue()));
    return heard;
  }

  /** The tags of one. */
  public static Map<String, String> tags(Read read, InstanceId id) {
    Map<String, String> tags = new TreeMap<>();
    read.handle()
        .createQuery("SELECT key, value FROM instance_tag WHERE instance_id = :id")
        .bind("id", id.value())
        .map((row, context) -> Map.entry(row.getString("key"), row.getString("value")))
        .forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
    return tags;
  }

  /** What targets look at, of all to which associations apply; in the order of their ids. */
  public static List<Traits> traits(Read read) {
    Map<String, Map<String, String>> tags = new HashMap<>();
    read.handle()
        .createQuery("SELECT instance_id, key, value FROM instance_tag")
        .map((row, context) -> new Tag(row.getString(1), row.getString(2), row.getString(3)))
        .forEach(
            tag ->
                tags.computeIfAbsent(tag.instance, _ -> new HashMap<>()).put(tag.key, tag.value));
    return read.handle()
        .createQuery(
            "SELECT id, platform_type, platform_name, platform_version FROM instance WHERE state IN"
                + " ('ACTIVE', 'DUPLICATE') ORDER BY id")
        .map(
            (row, context) ->
                new Traits(
                    new InstanceId(row.getString("id")),
                    tags.getOrDefault(row.getString("id"), Map.of()),
                    row.getString("platform_type"),
                    row.getString("platform_name"),
                    row.getString("platform_version")))
        .list();
  }

  /** The tags of some, by instance; who has none is not in it. At most 1,000 at once. */
  public static Map<InstanceId, Map<String, String>> tags(Read read, Collection<InstanceId> of) {
    Map<InstanceId, Map<String, String>> tags = new HashMap<>();
    if (of.isEmpty()) {
      return tags;
    }
    read.handle()
        .createQuery(
            "SELECT instance_id, key, value FROM instance_tag WHERE instance_id IN (<ids>)")
        .bindList("ids", of.stream().map(InstanceId::value).toList())
        .map((row, context) -> new Tag(row.getString(1), row.getString(2), row.getString(3)))
        .forEach(
            tag ->
                tags.computeIfAbsent(new InstanceId(tag.instance), _ -> new TreeMap<>())
                    .put(tag.key, tag.value));
    return tags;
  }

  /** Sets tags of one. */
  public static void setTags(Write write, InstanceId id, Map<String, String> tags) {
    tags.forEach(
        (key, value) ->
            write
                .handle()
                .createUpdate(
                    "INSERT INTO instance_tag (instance_id, key, value) VALUES (:id, :key, :value)"
                        + " ON CONFLICT (instance_id, key) DO UPDATE SET value = excluded.value")
                .bind("id", id.value())
                .bind("key", key)
                .bind("value", value)
                .execute());
  }

  /** Removes tags of one. */
  public static void removeTags(Write write, InstanceId id, List<String> keys) {
    for (String key : keys) {
      write
          .handle()
          .createUpdate("DELETE FROM instance_tag WHERE instance_id = :id AND key = :key")
          .bind("id", id.value())
          .bind("key", key)
          .execute();
    }
  }
}
