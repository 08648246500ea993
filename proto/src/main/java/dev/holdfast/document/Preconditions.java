package dev.holdfast.document;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Judges the precondition of a step (spec.md section 1.6). */
public final class Preconditions {
  private static final String EQUALS = "StringEquals";
  private static final String PLATFORM = "platformType";

  private static final String NO_MAP = "a precondition is a map of an operator to its arguments";

  private Preconditions() {}

  /** What a precondition came to. */
  public sealed interface Verdict {
    /** The step runs. */
    record Holds() implements Verdict {}

    /** The step is skipped. */
    record DoesNot(String reason) implements Verdict {}

    /** The step fails: nobody can tell what was meant. */
    record Malformed(String reason) implements Verdict {}
  }

  /**
   * Judges one. A known operator that is false skips the step, whatever else stands beside it.
   *
   * @param precondition as written: operator to two arguments
   * @param platform {@code Linux}, {@code Windows} or {@code MacOS}
   */
  public static Verdict judge(Value precondition, Map<String, Value> values, String platform) {
    if (!(precondition instanceof Value.Fields(var operators))) {
      return new Verdict.Malformed(NO_MAP);
    }
    Verdict verdict = new Verdict.Holds();
    for (Map.Entry<String, Value> operator : operators.entrySet()) {
      Verdict one = one(operator, values, platform);
      if (one instanceof Verdict.DoesNot) {
        return one;
      }
      if (one instanceof Verdict.Malformed) {
        verdict = one;
      }
    }
    return verdict;
  }

  /**
   * Why the step of this precondition will fail whatever the values are; empty if nothing is wrong
   * with it.
   *
   * @param names of the document's parameters
   */
  static Optional<String> malformed(Value precondition, Set<String> names) {
    if (!(precondition instanceof Value.Fields(var operators))) {
      return Optional.of(NO_MAP);
    }
    Map<String, Value> values = new HashMap<>();
    names.forEach(name -> values.put(name, new Value.Text("")));
    for (Map.Entry<String, Value> operator : operators.entrySet()) {
      if (one(operator, values, "") instanceof Verdict.Malformed(var reason)) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }

  private static Verdict one(
      Map.Entry<String, Value> operator, Map<String, Value> values, String platform) {
    return operator.getKey().equals(EQUALS)
        ? stringEquals(operator.getValue(), values, platform)
        : new Verdict.Malformed(
            "the operator '"
                + Keys.shortened(operator.getKey())
                + "' is not known; only "
                + EQUALS
                + " is");
  }

  private static Verdict stringEquals(Value arguments, Map<String, Value> values, String platform) {
    if (!(arguments instanceof Value.Items(var items))
        || items.size() != 2
        || !(items.get(0) instanceof Value.Text(var left))
        || !(items.get(1) instanceof Value.Text(var right))) {
      return new Verdict.Malformed(EQUALS + " takes a list of two texts");
    }
    for (String argument : List.of(left, right)) {
      for (Tokens.Token token : Tokens.in(argument)) {
        if (!token.parameter()) {
          return new Verdict.Malformed("a precondition can't refer to " + token.text());
        }
      }
    }
    if (left.equals(right)) {
      return new Verdict.Malformed("both arguments of " + EQUALS + " are '" + left + "'");
    }
    if (left.equals(PLATFORM) || right.equals(PLATFORM)) {
      return platformEquals(left.equals(PLATFORM) ? right : left, platform);
    }
    if (!refersToParameter(left, values) && !refersToParameter(right, values)) {
      return new Verdict.Malformed(
          "neither argument of "
              + EQUALS
              + " refers to platformType or to a parameter of the document");
    }
    String leftText = text(left, values);
    String rightText = text(right, values);
    return leftText.equals(rightText)
        ? new Verdict.Holds()
        : new Verdict.DoesNot(
            "the precondition does not hold: '" + leftText + "' is not '" + rightText + "'");
  }

  private static Verdict platformEquals(String wanted, String platform) {
    if (!Tokens.in(wanted).isEmpty()) {
      return new Verdict.Malformed("platformType can't be compared with a parameter");
    }
    return wanted.toLowerCase(Locale.ROOT).equals(platform.toLowerCase(Locale.ROOT))
        ? new Verdict.Holds()
        : new Verdict.DoesNot(
            "the precondition does not hold: this is " + platform + ", not '" + wanted + "'");
  }

  private static boolean refersToParameter(String argument, Map<String, Value> values) {
    return Tokens.in(argument).stream().anyMatch(token -> values.containsKey(token.name()));
  }

  private static String text(String argument, Map<String, Value> values) {
    return JsonText.inText(Substitution.apply(new Value.Text(argument), values));
  }
}
