/** What tests of every module share: time that moves when told, seeded cases. */
@NullMarked
package dev.holdfast.testing;

import org.jspecify.annotations.NullMarked;
