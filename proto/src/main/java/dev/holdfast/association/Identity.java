package dev.holdfast.association;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * The ids of executions and runs: name-based UUIDs (version 5), so that both sides compute the same
 * ones with no message exchanged and every layer deduplicates by primary key.
 */
public final class Identity {
  private static final UUID DNS = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

  /** The namespace of everything that Holdfast names. */
  static final UUID HOLDFAST = nameBased(DNS, "holdfast.dev");

  private Identity() {}

  /** The id of one trigger of one association over the whole fleet. */
  public static String executionId(AssociationId association, Trigger trigger) {
    return nameBased(HOLDFAST, "x|" + association + "|" + trigger.text()).toString();
  }

  /** The id of that execution on one instance. */
  public static String runId(InstanceId instance, AssociationId association, Trigger trigger) {
    return nameBased(HOLDFAST, "r|" + instance + "|" + association + "|" + trigger.text())
        .toString();
  }

  private static UUID nameBased(UUID namespace, String name) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(
          ByteBuffer.allocate(16)
              .putLong(namespace.getMostSignificantBits())
              .putLong(namespace.getLeastSignificantBits())
              .array());
      ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
      long most = (hash.getLong() & 0xffff_ffff_ffff_0fffL) | 0x5000L;
      long least = (hash.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
      return new UUID(most, least);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
