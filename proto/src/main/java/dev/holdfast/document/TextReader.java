package dev.holdfast.document;

import dev.holdfast.document.DocumentReading.Format;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Reads bytes to text, and text to values with their places, within the limits. */
final class TextReader {
  static final String TOO_LONG =
      "a number of more than " + DocumentLimits.MAX_NUMBER_LENGTH + " digits";

  static final String TOO_MANY = tooMany(DocumentLimits.MAX_NODES);

  private TextReader() {}

  /** The text, if the bytes are UTF-8 and within the limit; else a problem was added. */
  static Optional<String> decode(byte[] content, List<Problem> problems) {
    return decode(content, DocumentLimits.MAX_BYTES, problems);
  }

  /** The same with a limit of its own. */
  static Optional<String> decode(byte[] content, int maxBytes, List<Problem> problems) {
    if (content.length > maxBytes) {
      problems.add(
          new Problem(
              0,
              0,
              "the text has " + content.length + " bytes; at most " + maxBytes + " are allowed"));
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

  /**
   * The tree of a document, or empty with at least one error added.
   *
   * @param maxDepth of lists and maps within each other
   */
  static Optional<Located> read(String text, Format format, int maxDepth, Problems problems) {
    Problems here = new Problems();
    Located tree =
        switch (format) {
          case JSON -> JsonReader.read(text, maxDepth, here);
          case YAML -> YamlReader.read(text, maxDepth, here);
        };
    here.errors().forEach(problems::error);
    return here.failed() ? Optional.empty() : Optional.of(tree);
  }

  /** The tree of a value that is no document, or empty with at least one problem added. */
  static Optional<Located> read(String text, boolean json, List<Problem> problems) {
    Problems here = new Problems();
    Format format = json ? Format.JSON : Format.YAML;
    Optional<Located> tree = read(text, format, DocumentLimits.MAX_JSON_DEPTH, here);
    problems.addAll(here.errors());
    return tree;
  }

  /** The tree of a JSON text with a limit of its own, or empty with a problem added. */
  static Optional<Located> readJson(String text, int maxNodes, List<Problem> problems) {
    Problems here = new Problems();
    Located tree = JsonReader.read(text, DocumentLimits.MAX_JSON_DEPTH, maxNodes, here);
    problems.addAll(here.errors());
    return here.failed() ? Optional.empty() : Optional.of(tree);
  }

  static String tooMany(int nodes) {
    return "more than " + nodes + " values";
  }

  /** What a text holds that no text can: what would be cut or replaced further on. */
  static Optional<String> impossible(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\0') {
        return Optional.of("the character U+0000 in a text");
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return Optional.of(String.format("half a character, U+%04X, in a text", (int) c));
      }
    }
    return Optional.empty();
  }

  /**
   * A number as it is written in JSON; none if it has more digits than we take, as it is written or
   * as {@link JsonText} writes it.
   */
  static Optional<BigDecimal> number(String written) {
    if (written.length() > DocumentLimits.MAX_NUMBER_LENGTH) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BigDecimal(written))
          .filter(number -> Math.abs((long) number.scale()) <= DocumentLimits.MAX_NUMBER_LENGTH)
          .filter(number -> JsonText.number(number).length() <= DocumentLimits.MAX_NUMBER_LENGTH);
    } catch (NumberFormatException e) {
      return Optional.empty(); // its power alone is too long to be one
    }
  }
}
