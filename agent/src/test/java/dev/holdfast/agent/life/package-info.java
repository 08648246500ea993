/** Tests of what follows from crashes: the rule by a table, the memory on a disk in memory. */
@NullMarked
package dev.holdfast.agent.life;

import org.jspecify.annotations.NullMarked;
