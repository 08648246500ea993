/**
 * What a program tells the service manager that started it: that it is ready, what it is about,
 * that it stops, and, as long as its work really goes on, that it lives. By the protocol of {@code
 * sd_notify(3)}, with no library; nothing of it is loaded where nobody asks to be told.
 */
@NullMarked
package dev.holdfast.service;

import org.jspecify.annotations.NullMarked;
