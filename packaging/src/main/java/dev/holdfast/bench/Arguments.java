package dev.holdfast.bench;

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
}
