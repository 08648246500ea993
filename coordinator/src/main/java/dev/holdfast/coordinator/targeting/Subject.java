package dev.holdfast.coordinator.targeting;

import dev.holdfast.association.InstanceId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * An instance as targets see it.
 *
 * @param platformType Linux, Windows or MacOS; empty if nothing is known yet, as the other two
 */
public record Subject(
    InstanceId id,
    Map<String, String> tags,
    String platformType,
    String platformName,
    String platformVersion) {
  /** Copies. */
  public Subject {
    tags = Map.copyOf(tags);
  }

  /** One whose platform is not known. */
  public Subject(InstanceId id, Map<String, String> tags) {
    this(id, tags, "", "", "");
  }

  /** The values that it has of a field; most have one or none. */
  Collection<String> values(Field field) {
    return switch (field.kind()) {
      case EVERYBODY -> List.of(TargetKeys.EVERY);
      case ID -> List.of(id.value());
      case TAG -> {
        String value = tags.get(field.key());
        yield value == null ? List.of() : List.of(value);
      }
      case TAG_KEY -> tags.keySet();
      case PLATFORM_TYPE -> known(platformType);
      case PLATFORM_NAME -> known(platformName);
      case PLATFORM_VERSION -> known(platformVersion);
    };
  }

  /** Every value of every field, its id and {@link Field#EVERYBODY} among them. */
  void traits(BiConsumer<Field, String> each) {
    each.accept(Field.EVERYBODY, TargetKeys.EVERY);
    each.accept(Field.ID, id.value());
    tags.forEach(
        (key, value) -> {
          each.accept(Field.TAG_KEY, key);
          each.accept(Field.tag(key), value);
        });
    known(platformType).forEach(value -> each.accept(Field.PLATFORM_TYPE, value));
    known(platformName).forEach(value -> each.accept(Field.PLATFORM_NAME, value));
    known(platformVersion).forEach(value -> each.accept(Field.PLATFORM_VERSION, value));
  }

  private static List<String> known(String value) {
    return value.isEmpty() ? List.of() : List.of(value);
  }
}
