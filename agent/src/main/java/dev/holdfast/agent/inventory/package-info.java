/** What is installed on the host. The only place that uses OSHI. */
@NullMarked
package dev.holdfast.agent.inventory;

import org.jspecify.annotations.NullMarked;
