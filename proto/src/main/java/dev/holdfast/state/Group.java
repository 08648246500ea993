package dev.holdfast.state;

import java.util.List;
import java.util.Optional;

/**
 * {@code state:group}: a group in the host's own files.
 *
 * @param present whether there is one; if not, nothing else is looked at
 * @param gid its number
 * @param system whether a new group gets a number of those for programs
 * @param members the accounts that have it as a further group
 * @param onlyMembers whether no others have
 */
public record Group(
    String name,
    boolean present,
    Optional<Integer> gid,
    boolean system,
    Optional<List<String>> members,
    boolean onlyMembers)
    implements Resource {

  /** Copies the list. */
  public Group {
    members = members.map(List::copyOf);
  }

  @Override
  public String subject() {
    return "group " + name;
  }
}
