/**
 * Who may do what: the coordinator's certificate authority and certificate, tokens, enrolling, and
 * the one table in which every method has its entry. Identity is the certificate or the token of a
 * call, never a field. BouncyCastle is used here alone.
 */
@NullMarked
package dev.holdfast.coordinator.trust;

import org.jspecify.annotations.NullMarked;
