package dev.holdfast.document;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One step of a document as it was written: nothing substituted yet.
 *
 * @param name unique within the document; never part of a path
 * @param action names the plugin: {@code aws:runShellScript}
 * @param inputs usually {@link Value.Fields}; a list of them is run one after another
 * @param precondition as written: operator to arguments; judged when the run starts
 * @param timeoutSeconds step-level, works here (AWS ignores it)
 * @param maxAttempts step-level, works here (AWS ignores it)
 * @param line where it begins in the text
 */
public record Step(
    String name,
    String action,
    Value inputs,
    Optional<Value> precondition,
    OptionalInt timeoutSeconds,
    OptionalInt maxAttempts,
    int line,
    int column) {}
