/** What the admin services answer. */
@NullMarked
package dev.holdfast.coordinator.admin;

import org.jspecify.annotations.NullMarked;
