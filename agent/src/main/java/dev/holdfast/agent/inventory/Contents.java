package dev.holdfast.agent.inventory;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.disk.Disk;
import dev.holdfast.inventory.Items;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Contents of inventory types on disk, packed, each under a hash of its type and its own hash. */
final class Contents {
  private static final String FOLDER = "inventory/content";

  private final Disk disk;

  Contents(Disk disk) {
    this.disk = disk;
  }

  /** What the file of a content is called. */
  static String key(String type, String contentHash) {
    return Sha256.of((type + "\n" + contentHash).getBytes(StandardCharsets.UTF_8)).hex();
  }

  /** Keeps a content; when this returns it survives a power cut. */
  void put(String type, String contentHash, List<Map<String, String>> items) {
    disk.write(path(key(type, contentHash)), ReportCodec.pack(items).toByteArray());
  }

  /** A content that is kept whole and has that hash. */
  Optional<List<Map<String, String>>> read(String type, String contentHash) {
    Optional<byte[]> packed = disk.read(path(key(type, contentHash)));
    if (packed.isEmpty()) {
      return Optional.empty();
    }
    try {
      List<Map<String, String>> items = ReportCodec.unpack(ByteString.copyFrom(packed.get()));
      return Items.hash(items).equals(contentHash) ? Optional.of(items) : Optional.empty();
    } catch (WireException e) {
      return Optional.empty();
    }
  }

  /** Removes all others. */
  void keepOnly(Set<String> keys) {
    for (String name : disk.list(FOLDER)) {
      if (!keys.contains(name)) {
        disk.delete(path(name));
      }
    }
  }

  private static String path(String key) {
    return FOLDER + "/" + key;
  }
}
