package dev.holdfast.document;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
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

/**
 * Reads JSON or YAML to values with their places, within the limits. Both are read by one parser,
 * as YAML 1.2.
 */
final class TextReader {
  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setAllowDuplicateKeys(true)
          .setMaxAliasesForCollections(DocumentLimits.MAX_ALIASES)
          .setCodePointLimit(DocumentLimits.MAX_BYTES)
          .build();

  private final List<Problem> problems;
  private final int[] codePoints;

  private TextReader(String text, List<Problem> problems) {
    this.problems = problems;
    this.codePoints = text.codePoints().toArray();
  }

  /** The text, if the bytes are UTF-8 and within the limit; else a problem was added. */
  static Optional<String> decode(byte[] content, List<Problem> problems) {
    if (content.length > DocumentLimits.MAX_BYTES) {
      problems.add(
          new Problem(
              0,
              0,
              "the text has "
                  + content.length
                  + " bytes; at most "
                  + DocumentLimits.MAX_BYTES
                  + " are allowed"));
      return Optional.empty();
    }
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(content))
              .toString();
      return Optional.of(text.startsWith("\ufeff") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      problems.add(new Problem(0, 0, "the text is not UTF-8"));
      return Optional.empty();
    }
  }

  /** The tree, or empty with at least one problem added. */
  static Optional<Located> read(String original, boolean json, List<Problem> problems) {
    // A tab never stands inside a JSON string, so for the parser, which dislikes them, it may be a
    // blank.
    String text = json ? original.replace('\t', ' ') : original;
    int before = problems.size();
    try {
      checkShape(text, problems);
      if (problems.size() > before) {
        return Optional.empty();
      }
      Optional<Node> root = new Compose(SETTINGS).composeString(text);
      if (root.isEmpty()) {
        problems.add(new Problem(1, 1, "the text is empty"));
        return Optional.empty();
      }
      Located located = new TextReader(text, problems).locate(root.get());
      return problems.size() > before ? Optional.empty() : Optional.of(located);
    } catch (MarkedYamlEngineException e) {
      Located.Place place =
          e.getProblemMark().map(TextReader::place).orElse(new Located.Place(0, 0));
      problems.add(place.problem((json ? "not JSON: " : "not YAML: ") + oneLine(e.getProblem())));
    } catch (YamlEngineException e) {
      problems.add(
          new Problem(0, 0, (json ? "not JSON: " : "not YAML: ") + oneLine(e.getMessage())));
    }
    return Optional.empty();
  }

  /**
   * Depth, aliases and the like are counted over the events, before any tree is built: a bomb costs
   * nothing.
   */
  private static void checkShape(String text, List<Problem> problems) {
    int depth = 0;
    int aliases = 0;
    int documents = 0;
    for (Event event : new Parse(SETTINGS).parseString(text)) {
      Located.Place place =
          event.getStartMark().map(TextReader::place).orElse(new Located.Place(0, 0));
      if (event instanceof CollectionStartEvent start) {
        depth++;
        if (depth > DocumentLimits.MAX_DEPTH) {
          problems.add(
              place.problem(
                  "lists and maps nested deeper than " + DocumentLimits.MAX_DEPTH + " levels"));
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
          problems.add(place.problem("more than " + DocumentLimits.MAX_ALIASES + " aliases"));
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
          problems.add(place.problem("a second document in the same text"));
          return;
        }
      }
    }
  }

  private static void customTag(String tag, Located.Place place, List<Problem> problems) {
    if (!tag.startsWith(Tag.PREFIX)) {
      problems.add(
          place.problem(
              "the tag " + tag + "; only plain text, numbers, lists and maps are allowed"));
    }
  }

  private Located locate(Node node) {
    Located.Place place =
        node.getStartMark().map(TextReader::place).orElse(new Located.Place(0, 0));
    return switch (node) {
      case ScalarNode scalar ->
          new Located(scalar(scalar, place), place, raw(node), Map.of(), List.of());
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
          tuple.getKeyNode().getStartMark().map(TextReader::place).orElse(new Located.Place(0, 0));
      if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
        problems.add(keyPlace.problem("a key that is a list or a map; only text is allowed"));
        continue;
      }
      String key = keyNode.getValue();
      Located value = locate(tuple.getValueNode());
      if (fields.put(key, new Located.Entry(keyPlace, value)) != null) {
        problems.add(keyPlace.problem("the key '" + key + "' a second time"));
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
      return new Value.Flag(text.equals("true"));
    }
    if ((tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) && node.isPlain()) {
      return number(text, place);
    }
    return new Value.Text(text);
  }

  private Value number(String text, Located.Place place) {
    if (text.length() > DocumentLimits.MAX_NUMBER_LENGTH) {
      problems.add(
          place.problem("a number of more than " + DocumentLimits.MAX_NUMBER_LENGTH + " digits"));
      return new Value.Null();
    }
    try {
      BigDecimal number = new BigDecimal(text);
      if (Math.abs((long) number.scale()) > DocumentLimits.MAX_NUMBER_LENGTH) {
        problems.add(
            place.problem("a number of more than " + DocumentLimits.MAX_NUMBER_LENGTH + " digits"));
        return new Value.Null();
      }
      return new Value.Num(number);
    } catch (NumberFormatException e) {
      // .inf and .nan of YAML are no numbers of JSON.
      return new Value.Text(text);
    }
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
