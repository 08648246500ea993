/** Tests of downloads: servers on this host's loopback, archives that mean harm. */
@NullMarked
package dev.holdfast.agent.download;

import org.jspecify.annotations.NullMarked;
