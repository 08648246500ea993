package dev.holdfast.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds {@code {{ name }}} and {@code {{ prefix:name }}} in text. Anything else between braces is
 * text.
 */
final class Tokens {
  /** What a parameter may be called. */
  static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,63}");

  /** The prefix of a stored parameter. */
  static final String STORED = "ssm";

  /** The prefix of a stored secret. */
  static final String SECRET = "ssm-secure";

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\{\\{\\s*+(?:(" + NAME.pattern() + ")|([a-z][a-z-]*+):([^{}\\s]++))\\s*+}}");

  private static final Set<String> PREFIXES = Set.of(STORED, SECRET, "global", "automation");

  private Tokens() {}

  /**
   * One token.
   *
   * @param prefix empty for a parameter of the document
   * @param text as it stands in the text, braces included
   */
  record Token(String prefix, String name, String text, int start, int end) {
    boolean parameter() {
      return prefix.isEmpty();
    }

    boolean secret() {
      return prefix.equals(SECRET);
    }
  }

  /** A token and where it stands. */
  record Placed(Token token, Located.Place place) {}

  static List<Token> in(String text) {
    List<Token> tokens = new ArrayList<>();
    if (!text.contains("{{")) {
      return tokens;
    }
    Matcher matcher = TOKEN.matcher(text);
    while (matcher.find()) {
      if (matcher.group(1) != null) {
        tokens.add(
            new Token("", matcher.group(1), matcher.group(), matcher.start(), matcher.end()));
      } else if (PREFIXES.contains(matcher.group(2))) {
        tokens.add(
            new Token(
                matcher.group(2),
                matcher.group(3),
                matcher.group(),
                matcher.start(),
                matcher.end()));
      }
    }
    return tokens;
  }

  /** The tokens of a value that is a text; of what is in a list or map: none. */
  static List<Token> in(Located located) {
    return located.value() instanceof Value.Text(var text) ? in(text) : List.of();
  }

  /** The token that is the whole text, if it is one and nothing else. */
  static Optional<Token> whole(String text) {
    List<Token> tokens = in(text);
    return tokens.size() == 1
            && tokens.getFirst().start == 0
            && tokens.getFirst().end == text.length()
        ? Optional.of(tokens.getFirst())
        : Optional.empty();
  }

  /** The token that is the whole value. */
  static Optional<Token> whole(Located located) {
    return located.value() instanceof Value.Text(var text) ? whole(text) : Optional.empty();
  }

  /**
   * The tokens of a text with their places. They are looked for in the raw text, in their order; if
   * one is not found there as it is (a part of it was escaped), it and those behind it stand where
   * the text begins.
   */
  static List<Placed> placed(Located located) {
    List<Placed> placed = new ArrayList<>();
    String raw = located.raw();
    int line = located.place().line();
    int column = located.place().column();
    int done = 0;
    int from = 0;
    boolean lost = false;
    for (Token token : in(located)) {
      int at = lost ? -1 : raw.indexOf(token.text, from);
      lost = at < 0;
      if (lost) {
        placed.add(new Placed(token, located.place()));
        continue;
      }
      from = at + token.text.length();
      for (; done < at; done++) {
        if (raw.charAt(done) == '\n') {
          line++;
          column = 1;
        } else {
          column++;
        }
      }
      placed.add(new Placed(token, new Located.Place(line, column)));
    }
    return placed;
  }
}
