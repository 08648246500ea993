/** Tests of keeping the state of a host: deciders over a host in memory, and the real one. */
@NullMarked
package dev.holdfast.agent.state;

import org.jspecify.annotations.NullMarked;
