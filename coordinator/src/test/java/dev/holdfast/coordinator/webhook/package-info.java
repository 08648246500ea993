/** Tests of what webhooks send, to whom, and when again. */
@NullMarked
package dev.holdfast.coordinator.webhook;

import org.jspecify.annotations.NullMarked;
