/** Tests what is said to a service manager, when, and on a real socket. */
@NullMarked
package dev.holdfast.service;

import org.jspecify.annotations.NullMarked;
