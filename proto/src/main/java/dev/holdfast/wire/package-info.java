/**
 * The only home of the mapping between the generated wire types and the domain's values. What was
 * sent by the other side is checked here: a codec either gives a valid value or throws {@link
 * dev.holdfast.wire.WireException}.
 */
@NullMarked
package dev.holdfast.wire;

import org.jspecify.annotations.NullMarked;
