package dev.holdfast.coordinator.targeting;

import java.util.Locale;

/** The keys of targets, and of the filters that make a group, as people write them. */
public final class TargetKeys {
  /** Ids of instances, or {@link #EVERY} alone. */
  public static final String INSTANCE_IDS = "InstanceIds";

  /** The value that stands for all instances. */
  public static final String EVERY = "*";

  /** What the key of a target of tags begins with; the tag's key follows. */
  public static final String TAG = "tag:";

  /** Whoever has a tag with this key, whatever its value. */
  public static final String TAG_KEY = "tag-key";

  /** Names of instance groups; of targets only. */
  public static final String GROUP = "resource-groups:Name";

  /** Linux, Windows, MacOS; of groups only, as the next two. */
  public static final String PLATFORM_TYPES = "PlatformTypes";

  /** The name of the distribution or edition. */
  public static final String PLATFORM_NAME = "PlatformName";

  /** Its version. */
  public static final String PLATFORM_VERSION = "PlatformVersion";

  private TargetKeys() {}

  /** Whether a key is that of a target of ids; its case does not matter (spec.md 3.3). */
  public static boolean isInstanceIds(String key) {
    return key.toLowerCase(Locale.ROOT).equals(INSTANCE_IDS.toLowerCase(Locale.ROOT));
  }

  /** Whether it is that of a target of tags, with a tag's key in it. */
  public static boolean isTag(String key) {
    return key.startsWith(TAG) && key.length() > TAG.length();
  }
}
