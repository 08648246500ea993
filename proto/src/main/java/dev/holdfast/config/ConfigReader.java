package dev.holdfast.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads a configuration file in YAML, for a set of keys. A key with dots in its name may stand in
 * the file as it is, or as maps in maps.
 */
public final class ConfigReader {
  /** Bytes of a file. */
  public static final int MAX_BYTES = 64 * 1024;

  /** Levels of maps in maps. */
  static final int MAX_DEPTH = 5;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setAllowDuplicateKeys(true)
          .setMaxAliasesForCollections(0)
          .setCodePointLimit(MAX_BYTES)
          .build();

  private final String file;
  private final Map<String, Key<?>> keys = new HashMap<>();
  private final Map<Key<?>, Object> given = new HashMap<>();
  private final Map<Key<?>, Integer> lines = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private final List<String> problems = new ArrayList<>();

  private ConfigReader(String file, Collection<? extends Key<?>> keys) {
    this.file = file;
    for (Key<?> key : keys) {
      if (this.keys.put(key.name(), key) != null) {
        throw new IllegalArgumentException("two keys of one name: " + key.name());
      }
    }
  }

  /**
   * Reads a file that must exist; an empty one gives the defaults.
   *
   * @throws ConfigException with every problem: the file can't be read, it is no YAML, unknown and
   *     repeated keys, values that are not what their key takes
   */
  public static Config read(Path file, Collection<? extends Key<?>> keys) throws ConfigException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new ConfigException(List.of(file + ": there is no such file"));
    } catch (IOException e) {
      throw new ConfigException(List.of(file + ": cannot be read: " + e));
    }
    return read(file.toString(), content, keys);
  }

  /** Reads a file if it exists; without it the defaults hold. */
  public static Config readIfThere(Path file, Collection<? extends Key<?>> keys)
      throws ConfigException {
    return Files.exists(file) ? read(file, keys) : Config.defaults(keys);
  }

  /**
   * Reads the content of a file.
   *
   * @param file its name, for messages
   * @throws ConfigException as {@link #read(Path, Collection)}
   */
  public static Config read(String file, byte[] content, Collection<? extends Key<?>> keys)
      throws ConfigException {
    ConfigReader reader = new ConfigReader(file, keys);
    reader.read(content);
    if (!reader.problems.isEmpty()) {
      throw new ConfigException(reader.problems);
    }
    return new Config(keys, reader.given, reader.lines);
  }

  private void read(byte[] content) {
    if (content.length > MAX_BYTES) {
      problems.add(file + ": more than " + MAX_BYTES + " bytes");
      return;
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      Optional<Node> root = new Compose(SETTINGS).composeString(text);
      if (root.isPresent() && !isNull(root.get())) {
        if (root.get() instanceof MappingNode map) {
          readMap("", map, 1);
        } else {
          problem(root.get(), "the file must be a map: one KEY: VALUE a line");
        }
      }
    } catch (CharacterCodingException e) {
      problems.add(file + ": not UTF-8");
    } catch (MarkedYamlEngineException e) {
      problems.add(at(e.getProblemMark()) + "not YAML: " + oneLine(e.getProblem()));
    } catch (YamlEngineException | IllegalArgumentException e) {
      // the latter: a tag that its own class does not take
      problems.add(file + ": not YAML: " + oneLine(String.valueOf(e.getMessage())));
    }
  }

  private void readMap(String prefix, MappingNode map, int depth) {
    for (NodeTuple entry : map.getValue()) {
      if (!(entry.getKeyNode() instanceof ScalarNode keyNode)) {
        problem(entry.getKeyNode(), "a key must be a word");
        continue;
      }
      String name = prefix + keyNode.getValue();
      Key<?> key = keys.get(name);
      if (key != null) {
        readValue(key, keyNode, entry.getValueNode());
      } else if (isSection(name) && isNull(entry.getValueNode())) {
        problem(keyNode, "'" + name + "' has no keys below it; add one or remove it");
      } else if (isSection(name)
          && entry.getValueNode() instanceof MappingNode below
          && depth < MAX_DEPTH) {
        readMap(name + ".", below, depth + 1);
      } else if (isSection(name)) {
        problem(keyNode, "'" + name + "' must be a map of keys");
      } else {
        unknown(name, keyNode);
      }
    }
  }

  private <T> void readValue(Key<T> key, ScalarNode keyNode, Node value) {
    if (!seen.add(key.name())) {
      problem(keyNode, "'" + key.name() + "' stands here a second time");
      return;
    }
    Optional<Key.Raw> raw = raw(key, value);
    if (raw.isPresent()) {
      try {
        given.put(key, key.read(raw.get()));
        keyNode.getStartMark().ifPresent(mark -> lines.put(key, mark.getLine() + 1));
      } catch (IllegalArgumentException e) {
        problem(value, "'" + key.name() + "' can't be '" + raw.get().text() + "': " + reason(e));
      }
    }
  }

  private Optional<Key.Raw> raw(Key<?> key, Node value) {
    if (isNull(value)) {
      problem(value, "'" + key.name() + "' has no value; give one or remove the key");
      return Optional.empty();
    }
    return switch (key.form()) {
      case TEXT -> scalar(key, value, "must be one value");
      case WHOLE -> tagged(key, value, Tag.INT, "must be a whole number");
      case FLAG -> tagged(key, value, Tag.BOOL, "must be true or false");
      case LIST -> list(key, value);
    };
  }

  private Optional<Key.Raw> scalar(Key<?> key, Node value, String otherwise) {
    if (value instanceof ScalarNode scalar) {
      return Optional.of(new Key.Raw(List.of(scalar.getValue())));
    }
    problem(value, "'" + key.name() + "' " + otherwise);
    return Optional.empty();
  }

  private Optional<Key.Raw> tagged(Key<?> key, Node value, Tag tag, String otherwise) {
    if (!value.getTag().equals(tag)) {
      problem(value, "'" + key.name() + "' " + otherwise);
      return Optional.empty();
    }
    return scalar(key, value, otherwise);
  }

  private Optional<Key.Raw> list(Key<?> key, Node value) {
    if (value instanceof ScalarNode) {
      return scalar(key, value, "");
    }
    List<String> items = new ArrayList<>();
    if (value instanceof SequenceNode sequence) {
      for (Node item : sequence.getValue()) {
        if (item instanceof ScalarNode scalar && !isNull(item)) {
          items.add(scalar.getValue());
        } else {
          problem(item, "an item of '" + key.name() + "' must be one value");
          return Optional.empty();
        }
      }
      return Optional.of(new Key.Raw(items));
    }
    problem(value, "'" + key.name() + "' must be a list");
    return Optional.empty();
  }

  private boolean isSection(String name) {
    return keys.keySet().stream().anyMatch(key -> key.startsWith(name + "."));
  }

  private void unknown(String name, Node node) {
    String known =
        Closest.to(name, keys.keySet())
            .map(close -> "; did you mean '" + close + "'?")
            .orElse("; known are " + String.join(", ", keys.keySet().stream().sorted().toList()));
    problem(node, "unknown key '" + oneLine(name) + "'" + known);
  }

  private void problem(Node node, String what) {
    problems.add(at(node.getStartMark()) + what);
  }

  private String at(Optional<Mark> mark) {
    return mark.map(place -> file + ":" + (place.getLine() + 1) + ":" + (place.getColumn() + 1))
            .orElse(file)
        + ": ";
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static String reason(IllegalArgumentException e) {
    return oneLine(String.valueOf(e.getMessage()));
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ").strip();
  }
}
