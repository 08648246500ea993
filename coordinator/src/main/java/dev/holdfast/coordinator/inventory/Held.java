package dev.holdfast.coordinator.inventory;

import dev.holdfast.coordinator.targeting.Few;

/** An item that somebody has, with those who have it. */
final class Held {
  private final int number;
  private final Shelf shelf;
  private final VersionOrder order;
  private final Attributes attributes;
  private final Few holders = new Few();

  Held(int number, Shelf shelf, VersionOrder order, Attributes attributes) {
    this.number = number;
    this.shelf = shelf;
    this.order = order;
    this.attributes = attributes;
  }

  int number() {
    return number;
  }

  Shelf shelf() {
    return shelf;
  }

  VersionOrder order() {
    return order;
  }

  Attributes attributes() {
    return attributes;
  }

  /** Numbers of instances. */
  Few holders() {
    return holders;
  }

  /** What tells it from other items, for finding it. */
  int hash() {
    return hash(shelf.type(), order, attributes);
  }

  static int hash(String type, VersionOrder order, Attributes attributes) {
    int hash = 31 * (31 * type.hashCode() + order.hashCode()) + attributes.hashCode();
    return hash ^ (hash >>> 15);
  }

  boolean is(String type, VersionOrder other, Attributes others) {
    return order == other && shelf.type().equals(type) && attributes.equals(others);
  }
}
