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

  private static final Pattern TOKEN =
      Pattern.compile("\\{\\{\\s*(?:(" + NAME.pattern() + ")|([a-z][a-z-]*):([^{}\\s]+))\\s*}}");

  private static final Set<String> PREFIXES = Set.of("ssm", "ssm-secure", "global", "automation");

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
  }

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

  /** The token that is the whole text, if it is one and nothing else. */
  static Optional<Token> whole(String text) {
    List<Token> tokens = in(text);
    return tokens.size() == 1
            && tokens.getFirst().start == 0
            && tokens.getFirst().end == text.length()
        ? Optional.of(tokens.getFirst())
        : Optional.empty();
  }
}
