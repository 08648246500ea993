/** Tests of the host's identity against a coordinator of our own, over real TLS. */
@NullMarked
package dev.holdfast.agent.identity;

import org.jspecify.annotations.NullMarked;
