package dev.holdfast.agent.inventory;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * Which association each inventory type belongs to: the one that named it first, for as long as it
 * names it. Otherwise two associations with different filters would tell the same type in turns. On
 * the agent's own thread.
 */
public final class TypeOwners {
  private static final String PATH = "inventory/owners";
  private static final String FORM = "holdfast-inventory-owners-1";

  /** What everybody may gather: it is the same whoever asks. */
  private static final Set<String> EVERYBODYS = Set.of(InventoryTypes.INSTANCE_INFORMATION);

  private final Disk disk;
  private final BiPredicate<AssociationId, String> names;

  /**
   * On the agent's disk.
   *
   * @param names whether an association that is assigned now names that type
   */
  public TypeOwners(Disk disk, BiPredicate<AssociationId, String> names) {
    this.disk = disk;
    this.names = names;
  }

  /**
   * The association names these types now. Those that are free are its own from here on; when this
   * returns, that is on disk.
   *
   * @return the others, with the associations that they belong to
   */
  public Map<String, AssociationId> claim(AssociationId asking, Set<String> types) {
    Map<String, AssociationId> owners = read();
    Map<String, AssociationId> before = Map.copyOf(owners);
    owners.entrySet().removeIf(each -> !names.test(each.getValue(), each.getKey()));
    Map<String, AssociationId> others = new TreeMap<>();
    for (String type : types) {
      if (EVERYBODYS.contains(type)) {
        continue;
      }
      AssociationId owner = owners.putIfAbsent(type, asking);
      if (owner != null && !owner.equals(asking)) {
        others.put(type, owner);
      }
    }
    if (!owners.equals(before)) {
      write(owners);
    }
    return others;
  }

  /** None if the file is missing or damaged: then who asks next is first. */
  private Map<String, AssociationId> read() {
    Map<String, AssociationId> owners = new TreeMap<>();
    List<String> lines =
        disk.read(PATH)
            .map(content -> new String(content, StandardCharsets.UTF_8).lines().toList())
            .orElse(List.of());
    if (lines.isEmpty() || !lines.getFirst().equals(head(lines.subList(1, lines.size())))) {
      return owners;
    }
    for (String line : lines.subList(1, lines.size())) {
      String[] words = line.split(" ");
      if (words.length == 2 && AssociationId.isValid(words[1])) {
        owners.put(words[0], new AssociationId(words[1]));
      }
    }
    return owners;
  }

  private void write(Map<String, AssociationId> owners) {
    List<String> lines =
        owners.entrySet().stream().map(each -> each.getKey() + " " + each.getValue()).toList();
    String text = head(lines) + "\n" + String.join("\n", lines) + "\n";
    disk.write(PATH, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String head(List<String> lines) {
    return FORM + " " + Sha256.of(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }
}
