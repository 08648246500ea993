/** Tests of the commands: other people's documents, run for real where nothing can be harmed. */
@NullMarked
package dev.holdfast.agent.command;

import org.jspecify.annotations.NullMarked;
