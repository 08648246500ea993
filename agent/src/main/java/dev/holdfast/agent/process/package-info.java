/**
 * Scripts under their wrapper: started in a session of their own, adopted after a restart of the
 * agent, ended as a whole tree. The only place that starts processes.
 */
@NullMarked
package dev.holdfast.agent.process;

import org.jspecify.annotations.NullMarked;
