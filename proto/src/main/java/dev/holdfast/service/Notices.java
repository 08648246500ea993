package dev.holdfast.service;

/** Where what a service manager is to know goes to. */
@FunctionalInterface
public interface Notices {
  /**
   * Hands over a message, from any thread. Never waits and never throws.
   *
   * @param message lines of {@code NAME=value}
   * @return whether it was taken; if not, nobody heard it
   */
  boolean tell(String message);
}
