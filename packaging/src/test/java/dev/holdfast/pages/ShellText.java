package dev.holdfast.pages;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes a shell's text apart into its commands, as far as pages need it: quotes, substitutions,
 * pipes, lists, redirections, continued lines, comments. What is within a substitution comes as
 * commands of its own, before the one that it belongs to.
 */
final class ShellText {
  private final String text;
  private final List<List<String>> commands = new ArrayList<>();
  private int at;

  private ShellText(String text) {
    this.text = text;
  }

  /** The commands, each as its words without quotes; assignments before a command are left out. */
  static List<List<String>> commands(String text) {
    ShellText shell = new ShellText(text);
    shell.until('\0');
    return List.copyOf(shell.commands);
  }

  /** Up to a sign that ends it all: a closing parenthesis, or the end. */
  private void until(char end) {
    List<String> words = new ArrayList<>();
    while (at < text.length() && text.charAt(at) != end) {
      char sign = text.charAt(at);
      if (sign == '#') {
        at = endOfLine();
      } else if ("\n;|&".indexOf(sign) >= 0) {
        at++;
        done(words);
      } else if (sign == '(' || sign == ')' || Character.isWhitespace(sign)) {
        at++;
      } else if (text.startsWith("\\\n", at)) {
        at += 2;
      } else if (redirects()) {
        skipSpaces();
        String _ = word(end);
      } else {
        words.add(word(end));
      }
    }
    done(words);
  }

  private void done(List<String> words) {
    while (!words.isEmpty() && words.getFirst().matches("(?s)[A-Za-z_]\\w*=.*|export|[{}]")) {
      words.removeFirst();
    }
    if (!words.isEmpty()) {
      commands.add(List.copyOf(words));
    }
    words.clear();
  }

  /** Takes the sign of a redirection, if there is one here; {@code <(...)} is a word. */
  private boolean redirects() {
    int sign = at;
    while (sign < text.length() && Character.isDigit(text.charAt(sign))) {
      sign++;
    }
    if (sign == text.length()
        || "<>".indexOf(text.charAt(sign)) < 0
        || text.startsWith("(", sign + 1)) {
      return false;
    }
    while (sign < text.length() && "<>&".indexOf(text.charAt(sign)) >= 0) {
      sign++;
    }
    at = sign;
    return true;
  }

  private String word(char end) {
    StringBuilder word = new StringBuilder();
    while (at < text.length()) {
      char sign = text.charAt(at);
      if (sign == '\'') {
        int close = text.indexOf('\'', at + 1);
        word.append(text, at + 1, close < 0 ? text.length() : close);
        at = close < 0 ? text.length() : close + 1;
      } else if (sign == '"') {
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
          one(word);
        }
        at++;
      } else if (text.startsWith("<(", at)) {
        substituted(word);
      } else if (sign == end || Character.isWhitespace(sign) || ";|&<>()".indexOf(sign) >= 0) {
        break;
      } else {
        one(word);
      }
    }
    return word.toString();
  }

  /** One sign of a word, or all of a substitution. */
  private void one(StringBuilder word) {
    if (text.startsWith("$(", at)) {
      substituted(word);
    } else if (text.charAt(at) == '\\' && at + 1 < text.length()) {
      word.append(text.charAt(at + 1));
      at += 2;
    } else {
      word.append(text.charAt(at));
      at++;
    }
  }

  private void substituted(StringBuilder word) {
    int begin = at;
    at += 2;
    until(')');
    at = Math.min(at + 1, text.length());
    word.append(text, begin, at);
  }

  private void skipSpaces() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private int endOfLine() {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end;
  }
}
