package dev.holdfast.coordinator.server;

import java.util.List;
import java.util.Map;

/**
 * Something asked for on the coordinator's own machine. One line of JSON asks, one line answers.
 *
 * @param action what is to be done
 * @param arguments of the action, by name
 */
public record LocalRequest(String action, Map<String, String> arguments) {
  /** Makes a token: {@code name}, {@code role}, {@code seconds}. */
  public static final String CREATE_TOKEN = "create-token";

  /** Lists tokens. */
  public static final String LIST_TOKENS = "list-tokens";

  /** Takes a token back: {@code name}. */
  public static final String REVOKE_TOKEN = "revoke-token";

  /** Makes an activation: see {@link dev.holdfast.coordinator.admin.LocalActivations#create}. */
  public static final String CREATE_ACTIVATION = "create-activation";

  /** Lists activations. */
  public static final String LIST_ACTIVATIONS = "list-activations";

  /** Deletes an activation: {@code id}. */
  public static final String DELETE_ACTIVATION = "delete-activation";

  /** Makes all checks of the data: name, ok or failed, and what was found. */
  public static final String CHECK = "check";

  /** Puts all that a backup consists of into a folder; see {@link BackupDesk#stage}. */
  public static final String BACKUP = "backup";

  /** Begins the change to a new authority: lines for people. */
  public static final String ROTATE_AUTHORITY = "rotate-authority";

  /** Ends it: {@code acknowledged}; lines for people. */
  public static final String RETIRE_AUTHORITY = "retire-authority";

  /** Bytes of a request or an answer, with the end of its line. */
  static final int MAX_BYTES = 256 * 1024;

  /** Copies. */
  public LocalRequest {
    arguments = Map.copyOf(arguments);
  }

  /**
   * What came of it.
   *
   * @param error empty if it was done
   * @param rows what was asked for, in columns
   */
  public record Answer(String error, List<List<String>> rows) {
    /** Copies. */
    public Answer {
      rows = rows.stream().map(List::copyOf).toList();
    }

    /** It was done. */
    static Answer done(List<List<String>> rows) {
      return new Answer("", rows);
    }

    /** It was not done. */
    static Answer refused(String error) {
      return new Answer(error, List.of());
    }
  }
}
