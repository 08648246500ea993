/**
 * The admin services: requests are checked whole before anything is stored, every change leaves its
 * row in the audit trail in the same transaction, and every refusal has one form.
 */
@NullMarked
package dev.holdfast.coordinator.admin;

import org.jspecify.annotations.NullMarked;
