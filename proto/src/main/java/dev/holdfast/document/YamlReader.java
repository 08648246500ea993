package dev.holdfast.document;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import org.snakeyaml.engine.v2.schema.Schema;

/**
 * Reads YAML 1.2 (core schema) to values with their places, within the limits. Custom tags, second
 * documents, keys that are no text, duplicate keys and aliases that contain themselves are refused.
 */
final class YamlReader {
  /** Possessive: what was taken is never given back. */
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?+(?:[0-9]++(?:\\.[0-9]*+)?+|\\.[0-9]++)(?:[eE][-+]?+[0-9]++)?+");

  static final Schema SCHEMA = new CoreSchema();

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setSchema(SCHEMA)
          .setAllowDuplicateKeys(true)
          .setMaxAliasesForCollections(DocumentLimits.MAX_ALIASES)
          .setCodePointLimit(DocumentLimits.MAX_BYTES)
          .build();

  private static final Set<String> PLAIN_TAGS =
      Stream.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.SEQ, Tag.MAP)
          .map(Tag::getValue)
          .collect(Collectors.toSet());

  private final Problems problems;
  private final int[] codePoints;
  private final int maxDepth;
  private final Set<Node> within = Collections.newSetFromMap(new IdentityHashMap<>());

  private YamlReader(String text, int maxDepth, Problems problems) {
    this.problems = problems;
    this.maxDepth = maxDepth;
    this.codePoints = text.codePoints().toArray();
  }

  /** The tree; if a problem was added, what there is of it. */
  static Located read(String text, int maxDepth, Problems problems) {
    Located nothing = Located.nothing(new Located.Place(1, 1));
    try {
      checkShape(text, maxDepth, problems);
      if (problems.failed()) {
        return nothing;
      }
      Optional<Node> root = new Compose(SETTINGS).composeString(text);
      if (root.isEmpty()) {
        problems.error(new Problem(1, 1, "the text is empty"));
        return nothing;
      }
      return new YamlReader(text, maxDepth, problems).locate(root.get());
    } catch (MarkedYamlEngineException e) {
      Located.Place place =
          e.getProblemMark().map(YamlReader::place).orElse(new Located.Place(0, 0));
      problems.error(place.problem("not YAML: " + oneLine(e.getProblem())));
    } catch (YamlEngineException e) {
      problems.error(new Problem(0, 0, "not YAML: " + oneLine(e.getMessage())));
    }
    return nothing;
  }

  /**
   * Depth, aliases and the like are counted over the events, before any tree is built: a bomb costs
   * nothing.
   */
  private static void checkShape(String text, int maxDepth, Problems problems) {
    int depth = 0;
    int aliases = 0;
    int documents = 0;
    int anchors = 0;
    int nodes = 0;
    for (Event event : new Parse(SETTINGS).parseString(text)) {
      Located.Place place =
          event.getStartMark().map(YamlReader::place).orElse(new Located.Place(0, 0));
      if (event instanceof NodeEvent && ++nodes > DocumentLimits.MAX_NODES) {
        problems.error(place.problem(TextReader.TOO_MANY));
        return;
      }
      if (event instanceof NodeEvent node
          && !(event instanceof AliasEvent)
          && node.getAnchor().isPresent()
          && ++anchors > DocumentLimits.MAX_ANCHORS) {
        problems.error(place.problem("more than " + DocumentLimits.MAX_ANCHORS + " anchors"));
        return;
      }
      if (event instanceof CollectionStartEvent start) {
        depth++;
        if (depth > maxDepth) {
          problems.error(place.problem(tooDeep(maxDepth)));
          return;
        }
        start
            .getTag()
            .filter(tag -> !tag.equals("!"))
            .ifPresent(tag -> customTag(tag, place, problems));
      } else if (event instanceof CollectionEndEvent) {
        depth--;
      } else if (event instanceof AliasEvent) {
        aliases++;
        if (aliases > DocumentLimits.MAX_ALIASES) {
          problems.error(place.problem("more than " + DocumentLimits.MAX_ALIASES + " aliases"));
          return;
        }
      } else if (event instanceof ScalarEvent scalar) {
        scalar
            .getTag()
            .filter(tag -> !tag.equals("!"))
            .ifPresent(tag -> customTag(tag, place, problems));
      } else if (event instanceof DocumentStartEvent) {
        documents++;
        if (documents > 1) {
          problems.error(place.problem("a second document in the same text"));
          return;
        }
      }
    }
  }

  private static String tooDeep(int maxDepth) {
    return "lists and maps nested deeper than " + maxDepth + " levels";
  }

  private static void customTag(String tag, Located.Place place, Problems problems) {
    if (!PLAIN_TAGS.contains(tag)) {
      problems.error(
          place.problem(
              "the tag " + tag + "; only plain text, numbers, lists and maps are allowed"));
    }
  }

  private Located locate(Node node) {
    Located.Place place =
        node.getStartMark().map(YamlReader::place).orElse(new Located.Place(0, 0));
    if (node instanceof ScalarNode scalar) {
      return new Located(scalar(scalar, place), place, raw(node), Map.of(), List.of());
    }
    // An alias may stand deeper than its anchor, or within it.
    String problem =
        within.contains(node)
            ? "an alias within what it stands for"
            : within.size() >= maxDepth ? tooDeep(maxDepth) : "";
    if (!problem.isEmpty()) {
      problems.error(place.problem(problem));
      return Located.nothing(place);
    }
    within.add(node);
    Located located = collection(node, place);
    within.remove(node);
    return located;
  }

  private Located collection(Node node, Located.Place place) {
    return switch (node) {
      case SequenceNode sequence -> {
        List<Located> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
          items.add(locate(item));
        }
        yield new Located(
            new Value.Items(items.stream().map(Located::value).toList()),
            place,
            "",
            Map.of(),
            items);
      }
      case MappingNode mapping -> mapping(mapping, place);
      default -> throw new IllegalStateException("an unknown kind of node: " + node.getNodeType());
    };
  }

  private Located mapping(MappingNode mapping, Located.Place place) {
    Map<String, Located.Entry> fields = new LinkedHashMap<>();
    Map<String, Value> values = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Located.Place keyPlace =
          tuple.getKeyNode().getStartMark().map(YamlReader::place).orElse(new Located.Place(0, 0));
      if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
        problems.error(keyPlace.problem("a key that is a list or a map; only text is allowed"));
        continue;
      }
      String key = keyNode.getValue();
      Located value = locate(tuple.getValueNode());
      if (fields.put(key, new Located.Entry(keyPlace, value)) != null) {
        problems.error(keyPlace.problem("the key '" + Keys.shortened(key) + "' a second time"));
      }
      values.put(key, value.value());
    }
    return new Located(new Value.Fields(values), place, "", fields, List.of());
  }

  private Value scalar(ScalarNode node, Located.Place place) {
    String text = node.getValue();
    Tag tag = node.getTag();
    if (tag.equals(Tag.NULL)) {
      return new Value.Null();
    }
    if (tag.equals(Tag.BOOL)) {
      return new Value.Flag(text.equalsIgnoreCase("true"));
    }
    if ((tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) && node.isPlain()) {
      return number(text, place);
    }
    TextReader.impossible(text).ifPresent(problem -> problems.error(place.problem(problem)));
    return new Value.Text(text);
  }

  private Value number(String text, Located.Place place) {
    if (!DECIMAL.matcher(text).matches()) {
      // .inf, .nan and 0x10 of YAML are no numbers of JSON.
      return new Value.Text(text);
    }
    Optional<BigDecimal> number = TextReader.number(text);
    if (number.isEmpty()) {
      problems.error(place.problem(TextReader.TOO_LONG));
      return new Value.Null();
    }
    return new Value.Num(number.get());
  }

  private String raw(Node node) {
    if (node.getStartMark().isEmpty() || node.getEndMark().isEmpty()) {
      return "";
    }
    int start = Math.min(node.getStartMark().get().getIndex(), codePoints.length);
    int end = Math.min(node.getEndMark().get().getIndex(), codePoints.length);
    return new String(codePoints, start, Math.max(0, end - start));
  }

  private static Located.Place place(Mark mark) {
    return new Located.Place(mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static String oneLine(@org.jspecify.annotations.Nullable String message) {
    return message == null ? "it can't be read" : message.replaceAll("\\s+", " ").strip();
  }
}
