package dev.holdfast.state;

import java.util.List;
import java.util.Optional;

/**
 * {@code state:user}: an account in the host's own files.
 *
 * @param present whether there is one; if not, nothing else is looked at
 * @param uid its number
 * @param group its primary group, a name or a number; it has to exist
 * @param groups the further groups that it is in
 * @param onlyGroups whether it is in no others
 * @param home its home folder
 * @param createHome whether the home folder is made with the account
 * @param shell its login shell
 * @param comment its full name, or what it is for
 * @param system whether a new account gets a number of those for programs
 * @param locked whether its password is locked; keys may still let it in
 * @param passwordHash as crypt(3) makes it: {@code $y$...}; shown nowhere
 * @param removeHome whether the home folder goes with the account
 */
public record User(
    String name,
    boolean present,
    Optional<Integer> uid,
    Optional<String> group,
    Optional<List<String>> groups,
    boolean onlyGroups,
    Optional<String> home,
    boolean createHome,
    Optional<String> shell,
    Optional<String> comment,
    boolean system,
    Optional<Boolean> locked,
    Optional<String> passwordHash,
    boolean removeHome)
    implements Resource {

  /** Copies the list. */
  public User {
    groups = groups.map(List::copyOf);
  }

  @Override
  public String subject() {
    return "user " + name;
  }

  /** All but the hash, which is a secret. */
  @Override
  public String toString() {
    return "User[" + name + (present ? "" : ", absent") + "]";
  }
}
