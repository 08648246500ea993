/**
 * The agent's command line, a class a command. Each runs on the thread that calls it and gets what
 * it needs of the host through its constructor.
 */
@NullMarked
package dev.holdfast.agent.command;

import org.jspecify.annotations.NullMarked;
