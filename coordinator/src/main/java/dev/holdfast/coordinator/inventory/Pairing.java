package dev.holdfast.coordinator.inventory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells from what went and what came of a content what was removed, added and changed. */
final class Pairing {
  private Pairing() {}

  /** An entry with its attributes, its own aside. */
  record Piece(Entries.Entry entry, Attributes shared) {}

  /** A change: without a before it was added, without an after removed. */
  record Pair(Optional<Piece> before, Optional<Piece> after) {}

  /**
   * Pairs those of the same identity. Several of one identity are paired in their order.
   *
   * @param single the content had at most one item before and has at most one after: then those
   *     that don't say which one they are, are the same
   */
  static List<Pair> of(String type, List<Piece> removed, List<Piece> added, boolean single) {
    Map<List<String>, Deque<Piece>> waiting = new HashMap<>();
    List<Pair> pairs = new ArrayList<>();
    for (Piece piece : removed) {
      identity(type, piece, single)
          .ifPresentOrElse(
              identity -> waiting.computeIfAbsent(identity, _ -> new ArrayDeque<>()).add(piece),
              () -> pairs.add(new Pair(Optional.of(piece), Optional.empty())));
    }
    for (Piece piece : added) {
      Optional<Piece> before = identity(type, piece, single).map(waiting::get).map(Deque::poll);
      pairs.add(new Pair(before, Optional.of(piece)));
    }
    for (Piece piece : removed) {
      Deque<Piece> left =
          identity(type, piece, single).map(waiting::get).orElseGet(ArrayDeque::new);
      if (!left.isEmpty()) {
        pairs.add(new Pair(Optional.of(left.removeFirst()), Optional.empty()));
      }
    }
    return pairs;
  }

  private static Optional<List<String>> identity(String type, Piece piece, boolean single) {
    return Identities.of(type, piece.shared)
        .or(() -> single ? Optional.of(List.of()) : Optional.empty());
  }
}
