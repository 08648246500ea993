/**
 * Regular expressions that documents bring: RE2, so that none takes more time than its length says,
 * on a stack of their own.
 */
@NullMarked
package dev.holdfast.pattern;

import org.jspecify.annotations.NullMarked;
