/**
 * What the owner of a host allows on it, whatever the coordinator wants: a file that nothing that
 * comes down the link can change. The rules are pure; {@link dev.holdfast.agent.policy.PolicyFile}
 * looks at the file.
 */
@NullMarked
package dev.holdfast.agent.policy;

import org.jspecify.annotations.NullMarked;
