/** Tests of strict configuration files. */
@NullMarked
package dev.holdfast.config;

import org.jspecify.annotations.NullMarked;
