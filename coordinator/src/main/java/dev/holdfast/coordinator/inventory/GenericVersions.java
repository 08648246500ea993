package dev.holdfast.coordinator.inventory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * An order for versions of no packager that is known: numbers as numbers, words by the alphabet
 * whatever their case. A missing part is zero; a word that tells of something unfinished comes
 * before zero, any other word between zero and one. {@code ~} makes anything behind it unfinished.
 */
final class GenericVersions {
  private static final Set<String> UNFINISHED =
      Set.of("a", "alpha", "b", "beta", "c", "dev", "m", "pre", "preview", "rc", "snapshot");

  private GenericVersions() {}

  private record Part(int rank, String text) {
    static final Part MISSING = new Part(0, "");

    static Part number(String digits) {
      boolean zero = digits.chars().allMatch(c -> c == '0');
      return zero ? MISSING : new Part(2, digits);
    }

    int compare(Part other) {
      if (rank != other.rank) {
        return Integer.compare(rank, other.rank);
      }
      return rank == 2 ? Digits.compare(text, other.text) : text.compareTo(other.text);
    }
  }

  static int compare(String left, String right) {
    List<Part> one = parts(left);
    List<Part> other = parts(right);
    for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
      int part = at(one, i).compare(at(other, i));
      if (part != 0) {
        return part;
      }
    }
    return 0;
  }

  private static Part at(List<Part> parts, int at) {
    return at < parts.size() ? parts.get(at) : Part.MISSING;
  }

  private static List<Part> parts(String text) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    if (text.length() > 1
        && (text.charAt(0) == 'v' || text.charAt(0) == 'V')
        && Digits.is(text.charAt(1))) {
      at = 1;
    }
    while (at < text.length()) {
      char c = text.charAt(at);
      int end = at + 1;
      if (Digits.is(c)) {
        end = Digits.end(text, at);
        parts.add(Part.number(text.substring(at, end)));
      } else if (Character.isLetter(c)) {
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
          end++;
        }
        String word = text.substring(at, end).toLowerCase(Locale.ROOT);
        // A letter right behind a number (1.1.1w) is a patch, not a beginning.
        boolean behind = end - at == 1 && at > 0 && Digits.is(text.charAt(at - 1));
        boolean last = end == text.length();
        parts.add(new Part(UNFINISHED.contains(word) && !(behind && last) ? -1 : 1, word));
      } else if (c == '~') {
        parts.add(new Part(-2, ""));
      }
      at = end;
    }
    return parts;
  }
}
