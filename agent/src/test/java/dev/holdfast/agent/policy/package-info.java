/** Tests of what a host says of itself: the rules by tables, the files on a real disk. */
@NullMarked
package dev.holdfast.agent.policy;

import org.jspecify.annotations.NullMarked;
