package dev.holdfast.state;

/**
 * Something wrong with the inputs of a step.
 *
 * @param line from 1; 0 where the inputs stand in no text
 * @param column from 1; 0 where the inputs stand in no text
 * @param message what was found, and what is allowed
 */
public record Finding(int line, int column, String message) {}
