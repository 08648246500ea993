package dev.holdfast.coordinator.store;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Update;

/**
 * The connections of those who may see and touch some instances only. Where they read, each table
 * has a view of its own name before it, which leaves out what belongs to other instances; so no
 * query can forget to. Where they write, triggers stop what would touch another instance. Which
 * tables these are follows from their columns; a table that neither names an instance nor an
 * association has to be in a list here, else the store does not open.
 */
final class Shadows {
  /** What a trigger says when it stops a statement. */
  private static final String OUTSIDE = "outside of the sight";

  static final String REFUSAL =
      "this would touch instances that the bindings of this token don't reach";

  private static final String SEEN = "(SELECT id FROM temp.sight)";

  /** The same to all: they name no instance, and hold no count of instances. */
  private static final Set<String> SAME =
      Set.of(
          "meta",
          "history",
          "flyway_schema_history",
          "client_token",
          "document",
          "document_version",
          "parameter",
          "freeze",
          "body",
          "instance_group", // whoever shows one leaves out the ids in it that are not seen
          "inventory_item", // of these only those are shown that a seen instance has
          "inventory_disabled",
          "token",
          "role_binding",
          "association_scope");

  /** Of the whole fleet: not for those who see some of it. */
  private static final Set<String> HIDDEN =
      Set.of("audit", "audit_end", "webhook", "inventory_deletion");

  /** Those that have or had a seen member, or are for instances that are seen. */
  private static final String SEEN_ASSOCIATIONS =
      "SELECT * FROM main.association AS a WHERE (EXISTS (SELECT 1 FROM main.membership AS m"
          + " WHERE m.association_id = a.id AND m.instance_id IN "
          + SEEN
          + ") OR EXISTS (SELECT 1 FROM main.association_scope AS s WHERE s.association_id ="
          + " a.id AND s.tag_scope IN (SELECT tag_scope FROM temp.sight_scope)))";

  /** Tables that are seen otherwise than by a column that names an instance or association. */
  private static final Map<String, String> OTHERWISE =
      Map.of(
          "instance",
          "SELECT * FROM main.instance WHERE id IN " + SEEN,
          "activation",
          "SELECT * FROM main.activation WHERE id IN (SELECT id FROM temp.sight_activation)",
          "association",
          SEEN_ASSOCIATIONS,
          "compliance_type",
          "SELECT type, status, severity, COUNT(*) AS resources FROM temp.compliance_resource"
              + " GROUP BY type, status, severity",
          "log",
          // An event that names instances is seen if all of them are; else if all else that it
          // names
          // is. One that counts instances is not, if others than those that are seen may be
          // counted.
          "SELECT * FROM main.log AS l WHERE l.type NOT LIKE 'Webhook%' AND NOT EXISTS (SELECT 1"
              + " FROM json_each(l.resources) AS r WHERE r.value LIKE 'mi-%' AND r.value NOT IN "
              + SEEN
              + ") AND (EXISTS (SELECT 1 FROM json_each(l.resources) WHERE value LIKE 'mi-%') OR"
              + " NOT EXISTS (SELECT 1 FROM json_each(l.resources) AS r WHERE (r.value IN (SELECT"
              + " id FROM main.activation) AND r.value NOT IN (SELECT id FROM temp.activation)) OR"
              + " (r.value IN (SELECT id FROM main.execution) AND r.value NOT IN (SELECT id FROM"
              + " temp.execution)) OR (r.value IN (SELECT id FROM main.association) AND (r.value"
              + " NOT IN (SELECT id FROM temp.association) OR (l.type IN ('TargetsChanged',"
              + " 'ExecutionCancelled') AND EXISTS (SELECT 1 FROM main.membership AS m WHERE"
              + " m.association_id = r.value AND m.instance_id NOT IN "
              + SEEN
              + "))))))",
          "execution",
          // What began by somebody's coming, or was started on some, is seen if one of them is;
          // what
          // is known by reports alone, if one of these is.
          "SELECT * FROM main.execution AS e WHERE e.association_id IN (SELECT id FROM"
              + " temp.association) AND (e.kind <> 'RECOVERED' OR EXISTS (SELECT 1 FROM main.run AS"
              + " r WHERE r.execution_id = e.id AND r.instance_id IN "
              + SEEN
              + ") OR EXISTS (SELECT 1 FROM main.ended_run AS r WHERE r.execution_id = e.id AND"
              + " r.instance_id IN "
              + SEEN
              + ")) AND (e.kind <> 'ENTER' OR EXISTS (SELECT 1 FROM main.membership"
              + " AS m WHERE m.association_id = e.association_id AND m.entered_position ="
              + " e.position AND m.instance_id IN "
              + SEEN
              + ")) AND (e.instance_ids = '[]' OR EXISTS (SELECT 1 FROM json_each(e.instance_ids)"
              + " WHERE value IN "
              + SEEN
              + "))");

  /** The order in which views are made: those that others rest on first. */
  private static final List<String> FIRST =
      List.of("instance", "activation", "association", "execution");

  private Shadows() {}

  /** Puts views before the tables. */
  static void shadow(Handle handle) {
    tables(handle);
    Map<String, String> views = new TreeMap<>();
    for (String table : names(handle)) {
      view(handle, table).ifPresent(view -> views.put(table, view));
    }
    List<String> order = new ArrayList<>(FIRST);
    views.keySet().stream().filter(table -> !FIRST.contains(table)).forEach(order::add);
    for (String table : order) {
      handle.execute("CREATE TEMP VIEW " + table + " AS " + views.get(table));
    }
  }

  /** Puts triggers onto the tables. */
  static void guard(Handle handle) {
    tables(handle);
    for (String table : names(handle)) {
      Set<String> columns = columns(handle, table);
      if (columns.contains("instance_id")) {
        stop(handle, table, "INSERT", "NEW.instance_id NOT IN sight");
        stop(handle, table, "UPDATE", "NEW.instance_id NOT IN sight");
        stop(handle, table, "DELETE", "OLD.instance_id NOT IN sight");
      }
    }
    stop(handle, "instance", "UPDATE", "NEW.id NOT IN sight");
    stop(handle, "instance", "INSERT", "1");
    stop(handle, "instance", "DELETE", "1");
    String others =
        "EXISTS (SELECT 1 FROM membership AS m WHERE m.association_id = %s AND m.left_position IS"
            + " NULL AND m.instance_id NOT IN sight)";
    stop(handle, "association_version", "INSERT", others.formatted("NEW.association_id"));
    stop(handle, "association", "UPDATE", others.formatted("NEW.id"));
    String started =
        "(NEW.instance_ids = '[]' AND "
            + others.formatted("NEW.association_id")
            + ") OR EXISTS (SELECT 1 FROM json_each(NEW.instance_ids) WHERE value NOT IN sight)";
    stop(handle, "execution", "INSERT", started);
    stop(handle, "execution", "UPDATE", started);
  }

  /** Says what is seen now. In a transaction that is about to begin its work. */
  static void fill(Handle handle, Sight sight) {
    for (String table : List.of("sight", "sight_activation", "sight_scope")) {
      handle.execute("DELETE FROM temp." + table);
    }
    if (!(sight instanceof Sight.Tagged(var scopes))) {
      throw new IllegalArgumentException("whoever sees all needs no shadows");
    }
    scopes.stream()
        .filter(scope -> !scope.tags().isEmpty())
        .forEach(scope -> instances(handle, scope, "sight"));
    handle
        .createQuery("SELECT id, tags FROM main.activation")
        .map((row, _) -> Map.entry(row.getString("id"), Json.map(row.getString("tags"))))
        .list()
        .stream()
        .filter(activation -> sight.fits(activation.getValue()))
        .forEach(
            activation ->
                handle.execute(
                    "INSERT INTO temp.sight_activation VALUES (?)", activation.getKey()));
    handle
        .createQuery("SELECT DISTINCT tag_scope FROM main.association_scope")
        .mapTo(String.class)
        .list()
        .stream()
        .filter(text -> sight.covers(new Sight.Tagged(Set.of(TagScope.parse(text)))))
        .forEach(text -> handle.execute("INSERT INTO temp.sight_scope VALUES (?)", text));
  }

  /**
   * Does work that changes rows, where triggers are. It may neither touch another instance, nor
   * bring one into sight or out of it.
   */
  static <T> T guarded(Handle handle, Sight sight, Supplier<T> work) {
    fill(handle, sight);
    T result;
    try {
      result = work.get();
    } catch (JdbiException | StoreException e) {
      if (String.valueOf(e.getMessage()).contains(OUTSIDE)) {
        throw new OutOfSight(REFUSAL, e);
      }
      throw e;
    }
    Set<String> before = seen(handle);
    fill(handle, sight);
    if (!before.equals(seen(handle))) {
      throw new OutOfSight(
          "this would bring an instance into what the bindings of this token reach, or out of it");
    }
    return result;
  }

  /** Whether an association is seen, on a connection of either kind. */
  static boolean sees(Handle handle, String association) {
    return handle
        .createQuery("SELECT 1 FROM (" + SEEN_ASSOCIATIONS + " AND a.id = :id)")
        .bind("id", association)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  private static Set<String> seen(Handle handle) {
    return new HashSet<>(
        handle
            .createQuery(
                "SELECT s.id FROM temp.sight AS s JOIN main.instance AS i ON i.id = s.id WHERE"
                    + " i.state <> 'DEREGISTERED'")
            .mapTo(String.class)
            .list());
  }

  private static void instances(Handle handle, TagScope scope, String into) {
    StringBuilder sql = new StringBuilder("INSERT OR IGNORE INTO temp." + into);
    List<String> values = new ArrayList<>();
    String join = " SELECT instance_id FROM main.instance_tag WHERE ";
    for (var tag : scope.tags().entrySet()) {
      sql.append(join)
          .append("key = ? AND value IN (")
          .append(String.join(",", tag.getValue().stream().map(_ -> "?").toList()))
          .append(')');
      values.add(tag.getKey());
      values.addAll(tag.getValue());
      join = " INTERSECT SELECT instance_id FROM main.instance_tag WHERE ";
    }
    try (Update update = handle.createUpdate(sql.toString())) {
      for (int i = 0; i < values.size(); i++) {
        update.bind(i, values.get(i));
      }
      update.execute();
    }
  }

  private static java.util.Optional<String> view(Handle handle, String table) {
    String own = OTHERWISE.get(table);
    Set<String> columns = columns(handle, table);
    if (own != null) {
      return java.util.Optional.of(own);
    }
    if (columns.contains("instance_id")) {
      return java.util.Optional.of("SELECT * FROM main." + table + " WHERE instance_id IN " + SEEN);
    }
    if (HIDDEN.contains(table)) {
      return java.util.Optional.of("SELECT * FROM main." + table + " WHERE 0");
    }
    if (SAME.contains(table)) {
      return java.util.Optional.empty();
    }
    if (columns.contains("association_id")) {
      return java.util.Optional.of(
          "SELECT * FROM main."
              + table
              + " WHERE association_id IN (SELECT id FROM temp.association)");
    }
    throw new StoreException(
        "nobody said what those see of the table " + table + " who may see some instances only");
  }

  private static void stop(Handle handle, String table, String what, String when) {
    handle.execute(
        "CREATE TEMP TRIGGER guard_"
            + table
            + "_"
            + what
            + " BEFORE "
            + what
            + " ON main."
            + table
            + " WHEN "
            + when
            + " BEGIN SELECT RAISE(ABORT, '"
            + OUTSIDE
            + "'); END");
  }

  private static void tables(Handle handle) {
    handle.execute("PRAGMA temp_store=MEMORY");
    handle.execute("CREATE TEMP TABLE sight (id TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID");
    handle.execute(
        "CREATE TEMP TABLE sight_activation (id TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID");
    handle.execute(
        "CREATE TEMP TABLE sight_scope (tag_scope TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT"
            + " ROWID");
  }

  private static List<String> names(Handle handle) {
    return handle
        .createQuery(
            "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                + " ORDER BY name")
        .mapTo(String.class)
        .list();
  }

  private static Set<String> columns(Handle handle, String table) {
    return new TreeSet<>(
        handle
            .createQuery("SELECT name FROM pragma_table_xinfo(:table)")
            .bind("table", table)
            .mapTo(String.class)
            .list());
  }
}
