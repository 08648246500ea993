package dev.holdfast.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The word that somebody probably meant. */
public final class Closest {
  private Closest() {}

  /** The known word with the fewest changes, if these are few for its length. */
  public static Optional<String> to(String word, Collection<String> known) {
    return known.stream()
        .filter(candidate -> distance(word, candidate) <= Math.max(2, candidate.length() / 4))
        .min(
            Comparator.comparingInt((String candidate) -> distance(word, candidate))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Letters to insert, delete, replace or swap with their neighbour, capped for long words. */
  static int distance(String from, String to) {
    if (Math.abs(from.length() - to.length()) > to.length()) {
      return Integer.MAX_VALUE;
    }
    int[][] rows = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          rows[i][j] = i + j;
          continue;
        }
        int replace = same(from, i, to, j) ? 0 : 1;
        int best =
            Math.min(rows[i - 1][j - 1] + replace, 1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
        if (i > 1 && j > 1 && same(from, i, to, j - 1) && same(from, i - 1, to, j)) {
          best = Math.min(best, rows[i - 2][j - 2] + 1);
        }
        rows[i][j] = best;
      }
    }
    return rows[from.length()][to.length()];
  }

  private static boolean same(String from, int i, String to, int j) {
    return Character.toLowerCase(from.charAt(i - 1)) == Character.toLowerCase(to.charAt(j - 1));
  }
}
