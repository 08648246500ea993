/** Tests of runs: the machine as a table, the runner over a fake host that crashes. */
@NullMarked
package dev.holdfast.agent.run;

import org.jspecify.annotations.NullMarked;
