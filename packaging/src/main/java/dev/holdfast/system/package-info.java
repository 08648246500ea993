/**
 * The two programs as a person uses them: started by their launchers in a temporary folder on
 * loopback, told what to do through the admin API. The demo, the benches, the fault drives and the
 * tests with real processes stand on this.
 */
@NullMarked
package dev.holdfast.system;

import org.jspecify.annotations.NullMarked;
