package dev.holdfast.agent.inventory;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be gathered.
 *
 * @param types {@code AWS:Application}, ...; {@link #CUSTOM} for all types that people made
 * @param files which files are entries of {@code AWS:File}
 * @param certificates which files are looked into for {@code Host:Certificate}; none: the usual
 *     folders
 * @param customFolder where the files of {@link #CUSTOM} are; empty: the agent's own folder
 */
public record Gathering(
    Set<String> types,
    List<PathFilter> files,
    List<PathFilter> certificates,
    Optional<String> customFolder) {
  /** Stands for all types from files that people made; their names are in the files. */
  public static final String CUSTOM = "Custom:*";

  /** What the names of types begin with that people made. */
  public static final String CUSTOM_PREFIX = "Custom:";

  /** Copies. */
  public Gathering {
    types = Set.copyOf(types);
    files = List.copyOf(files);
    certificates = List.copyOf(certificates);
  }

  /** These types, and nothing more is said of them. */
  public static Gathering of(Collection<String> types) {
    return new Gathering(Set.copyOf(types), List.of(), List.of(), Optional.empty());
  }

  /** The same of fewer types. */
  public Gathering only(Set<String> fewer) {
    return new Gathering(fewer, files, certificates, customFolder);
  }
}
