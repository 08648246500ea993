package dev.holdfast.coordinator.inventory;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order of Alpine's versions: numbers, perhaps a letter, then suffixes, of which {@code
 * _alpha}, {@code _beta}, {@code _pre} and {@code _rc} come before the version that they lead to
 * and {@code _cvs}, {@code _svn}, {@code _git}, {@code _hg} and {@code _p} after it. What is of no
 * such form comes before what is, and follows the generic order among itself.
 */
final class ApkVersions {
  private static final Pattern FORM =
      Pattern.compile("(\\d+(?:\\.\\d+)*)([a-z]?)((?:_[a-z]+\\d*)*)(?:-?r(\\d+))?");
  private static final Pattern RELEASE = Pattern.compile("r(\\d+)");
  private static final Pattern SUFFIX = Pattern.compile("_([a-z]+)(\\d*)");
  private static final List<String> RANKS =
      List.of("alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p");

  private ApkVersions() {}

  static int compare(String left, String right) {
    Matcher release = RELEASE.matcher(left);
    Matcher otherRelease = RELEASE.matcher(right);
    if (release.matches() && otherRelease.matches()) {
      return Digits.compare(release.group(1), otherRelease.group(1));
    }
    Matcher one = FORM.matcher(left);
    Matcher other = FORM.matcher(right);
    boolean form = one.matches();
    boolean otherForm = other.matches();
    if (!form || !otherForm) {
      return form == otherForm
          ? GenericVersions.compare(left, right)
          : Boolean.compare(form, otherForm);
    }
    int numbers = numbers(one.group(1).split("\\."), other.group(1).split("\\."));
    if (numbers != 0) {
      return numbers;
    }
    int letters = one.group(2).compareTo(other.group(2));
    return letters != 0 ? letters : suffixes(one.group(3), other.group(3));
  }

  private static int numbers(String[] left, String[] right) {
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      // Behind the first, digits that begin with a zero are a fraction.
      boolean fraction = i > 0 && (left[i].startsWith("0") || right[i].startsWith("0"));
      int one = fraction ? left[i].compareTo(right[i]) : Digits.compare(left[i], right[i]);
      if (one != 0) {
        return one;
      }
    }
    return Integer.compare(left.length, right.length);
  }

  private static int suffixes(String left, String right) {
    Matcher one = SUFFIX.matcher(left);
    Matcher other = SUFFIX.matcher(right);
    while (true) {
      boolean more = one.find();
      boolean otherMore = other.find();
      if (!more && !otherMore) {
        return 0;
      }
      int rank = rank(more ? one.group(1) : "");
      int otherRank = rank(otherMore ? other.group(1) : "");
      if (rank != otherRank) {
        return Integer.compare(rank, otherRank);
      }
      int numbers = Digits.compare(more ? one.group(2) : "", otherMore ? other.group(2) : "");
      if (numbers != 0) {
        return numbers;
      }
    }
  }

  /** A suffix that is not known comes after all. */
  private static int rank(String suffix) {
    int rank = RANKS.indexOf(suffix);
    return rank < 0 ? RANKS.size() : rank;
  }
}
