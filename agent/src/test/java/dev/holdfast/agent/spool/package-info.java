/** Tests of the spool, over a disk that loses what was not synced. */
@NullMarked
package dev.holdfast.agent.spool;

import org.jspecify.annotations.NullMarked;
