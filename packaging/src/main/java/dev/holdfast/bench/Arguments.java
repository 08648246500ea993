package dev.holdfast.bench;

import java.util.Arrays;
import java.util.List;

/** The numbers that a bench is called with. */
final class Arguments {
  private Arguments() {}

  /** The number at a place; another one if there is none, -1 if it is no number. */
  static int number(String[] arguments, int index, int otherwise) {
    try {
      return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** The numbers at a place, with commas between them; others if there are none. */
  static List<Integer> numbers(String[] arguments, int index, List<Integer> otherwise) {
    return arguments.length > index
        ? Arrays.stream(arguments[index].split(",", -1))
            .map(word -> number(new String[] {word}, 0, -1))
            .toList()
        : otherwise;
  }

  /** Ends the program with what is wrong with its call unless that is right. */
  static void require(boolean right, String usage) {
    if (!right) {
      System.err.println(usage);
      System.exit(2);
    }
  }
}
