package dev.holdfast.coordinator.targeting;

/**
 * Something that targets and groups look at.
 *
 * @param kind what
 * @param key of {@link Kind#TAG} the tag's key; else empty
 */
public record Field(Kind kind, String key) {
  /** The only value is {@code *}: every instance has it. */
  public static final Field EVERYBODY = new Field(Kind.EVERYBODY, "");

  /** The instance's id. */
  public static final Field ID = new Field(Kind.ID, "");

  /** The keys of its tags, whatever their values. */
  public static final Field TAG_KEY = new Field(Kind.TAG_KEY, "");

  /** Linux, Windows or MacOS; none before the first hello, as with the other two. */
  public static final Field PLATFORM_TYPE = new Field(Kind.PLATFORM_TYPE, "");

  /** The name of the distribution or edition. */
  public static final Field PLATFORM_NAME = new Field(Kind.PLATFORM_NAME, "");

  /** Its version. */
  public static final Field PLATFORM_VERSION = new Field(Kind.PLATFORM_VERSION, "");

  /** What can be looked at. */
  public enum Kind {
    /** All instances. */
    EVERYBODY,
    /** Ids. */
    ID,
    /** The value of one tag. */
    TAG,
    /** The keys of all tags. */
    TAG_KEY,
    /** The platform. */
    PLATFORM_TYPE,
    /** Its name. */
    PLATFORM_NAME,
    /** Its version. */
    PLATFORM_VERSION
  }

  /** The value of the tag with a key. */
  public static Field tag(String key) {
    return new Field(Kind.TAG, key);
  }

  /** As a target or a filter names it. */
  public String text() {
    return switch (kind) {
      case EVERYBODY, ID -> TargetKeys.INSTANCE_IDS;
      case TAG -> TargetKeys.TAG + key;
      case TAG_KEY -> TargetKeys.TAG_KEY;
      case PLATFORM_TYPE -> TargetKeys.PLATFORM_TYPES;
      case PLATFORM_NAME -> TargetKeys.PLATFORM_NAME;
      case PLATFORM_VERSION -> TargetKeys.PLATFORM_VERSION;
    };
  }
}
