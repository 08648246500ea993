/**
 * The agent's command line, a class a command. Each runs on the thread that calls it and gets what
 * it needs of the host through its constructor.

 * The commands of the agent's program, one class each. A command wires what it needs and ends; its
 * own thread only reads arguments and prints.
 */
@NullMarked
package dev.holdfast.agent.command;

import org.jspecify.annotations.NullMarked;
