package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.spool.CrashDisk;
import dev.holdfast.association.AssociationId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TypeOwnersTest {
  private static final AssociationId A = new AssociationId("00000000-0000-4000-8000-00000000000a");
  private static final AssociationId B = new AssociationId("00000000-0000-4000-8000-00000000000b");

  private final CrashDisk disk = new CrashDisk();
  private final Set<String> named = new HashSet<>();

  @Test
  void aTypeBelongsToTheAssociationThatNamedItFirstAlsoAfterANewStart() {
    name(A, "Host:Port");
    name(B, "Host:Port");
    name(B, "Host:User");

    assertEquals(Map.of(), owners().claim(A, Set.of("Host:Port")));
    assertEquals(Map.of("Host:Port", A), owners().claim(B, Set.of("Host:Port", "Host:User")));
    assertEquals(Map.of("Host:User", B), owners().claim(A, Set.of("Host:Port", "Host:User")));
  }

  @Test
  void whatAnAssociationNoLongerNamesIsFree() {
    name(A, "Host:Port");
    name(B, "Host:Port");
    owners().claim(A, Set.of("Host:Port"));
    named.remove(A + " Host:Port");

    assertEquals(Map.of(), owners().claim(B, Set.of("Host:Port")));
    name(A, "Host:Port");
    assertEquals(Map.of("Host:Port", B), owners().claim(A, Set.of("Host:Port")));
  }

  @Test
  void whatTheInstanceIsBelongsToEverybody() {
    owners().claim(A, Set.of(InventoryTypes.INSTANCE_INFORMATION));

    assertEquals(Map.of(), owners().claim(B, Set.of(InventoryTypes.INSTANCE_INFORMATION)));
  }

  @Test
  void aDamagedRecordIsNone() {
    name(A, "Host:Port");
    name(B, "Host:Port");
    owners().claim(A, Set.of("Host:Port"));
    byte[] content = disk.read("inventory/owners").orElseThrow();
    content[content.length - 3] ^= 1;
    disk.write("inventory/owners", content);

    assertEquals(Map.of(), owners().claim(B, Set.of("Host:Port")));
  }

  private void name(AssociationId association, String type) {
    named.add(association + " " + type);
  }

  private TypeOwners owners() {
    return new TypeOwners(disk, (association, type) -> named.contains(association + " " + type));
  }
}
