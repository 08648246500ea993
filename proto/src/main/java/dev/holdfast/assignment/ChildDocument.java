package dev.holdfast.assignment;

import dev.holdfast.task.Sha256;

/**
 * A document that a step of a document names outright, as it was when the revision was resolved: so
 * a run of it needs no link.
 *
 * @param reference as the step has it once its parameters are filled in: {@code NAME}, {@code
 *     NAME:3}, {@code NAME:$LATEST}
 * @param version the version in effect, not a selector
 * @param sha256 of the document's stored bytes
 */
public record ChildDocument(String reference, String name, int version, Sha256 sha256) {}
