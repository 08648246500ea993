/** Tests of the link: its machine, its back-off, and the whole over a network of our own. */
@NullMarked
package dev.holdfast.agent.link;

import org.jspecify.annotations.NullMarked;
