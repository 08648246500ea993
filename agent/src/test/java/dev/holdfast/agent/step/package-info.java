/** Tests of the plugins: tables of inputs. */
@NullMarked
package dev.holdfast.agent.step;

import org.jspecify.annotations.NullMarked;
