package dev.holdfast.state;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code state:port} and {@code state:firewall}: ports of the host.
 *
 * @param numbers at least one
 * @param listening whether somebody listens; only looked at, never brought about; empty: not looked
 *     at
 * @param firewall whether the firewall's table of ours lets what comes from elsewhere in; empty:
 *     not looked at. What other tables forbid stays forbidden
 */
public record Ports(
    List<Integer> numbers,
    Protocol protocol,
    Optional<Boolean> listening,
    Optional<Firewall> firewall)
    implements Resource {

  /** Copies the list. */
  public Ports {
    numbers = List.copyOf(numbers);
  }

  @Override
  public String subject() {
    return numbers.size() == 1
        ? name(numbers.getFirst())
        : numbers.size() + " " + protocol.word() + " ports";
  }

  /** Names one of them for people: {@code port 22/tcp}. */
  public String name(int number) {
    return "port " + number + "/" + protocol.word();
  }

  /** Over what a port is reached. */
  public enum Protocol {
    /** TCP. */
    TCP,
    /** UDP. */
    UDP;

    /** As nftables and the kernel write it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What our table does with a port. */
  public enum Firewall {
    /** Lets it in, or says nothing of it. */
    OPEN,
    /** Drops what does not come from the host itself. */
    CLOSED;

    /** In lower case. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
