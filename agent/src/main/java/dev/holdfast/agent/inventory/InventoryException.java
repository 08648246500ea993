package dev.holdfast.agent.inventory;

/** A type that cannot be told as it is; the message says which, where and why. */
final class InventoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InventoryException(String message) {
    super(message);
  }

  InventoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
