package dev.holdfast.service;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What the environment of a process says of the service manager.
 *
 * @param socket where it listens: a path, or {@code @} and a name of the abstract kind; empty if
 *     nobody listens
 * @param watchdog within which time it wants to hear, again and again, that the program lives;
 *     empty if it doesn't
 */
record Surroundings(Optional<String> socket, Optional<Duration> watchdog) {
  /** Bytes of the address of a local socket, with the zero at its end. */
  static final int MAX_SOCKET_BYTES = 108;

  /** Reads it; what makes no sense counts as not said. */
  static Surroundings of(Map<String, String> environment, long pid) {
    Optional<String> socket =
        Optional.ofNullable(environment.get("NOTIFY_SOCKET")).filter(Surroundings::isSocket);
    String watched = environment.getOrDefault("WATCHDOG_PID", "");
    Optional<Duration> watchdog =
        socket.isPresent() && (watched.isEmpty() || watched.equals(Long.toString(pid)))
            ? micros(environment.getOrDefault("WATCHDOG_USEC", ""))
            : Optional.empty();
    return new Surroundings(socket, watchdog);
  }

  private static boolean isSocket(String text) {
    return text.length() > 1
        && (text.startsWith("/") || text.startsWith("@"))
        && text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length < MAX_SOCKET_BYTES;
  }

  private static Optional<Duration> micros(String text) {
    return text.matches("[1-9]\\d{0,17}")
        ? Optional.of(Duration.ofNanos(Math.multiplyExact(Long.parseLong(bounded(text)), 1000L)))
        : Optional.empty();
  }

  /** No more than fits into nanoseconds: some hundred years, which is for ever. */
  private static String bounded(String text) {
    return text.length() > 15 ? "9".repeat(15) : text;
  }
}
