package dev.holdfast.state;

import java.util.Optional;

/**
 * {@code state:file}: a file, a folder or a link, or that there is none; or a part of a text file.
 *
 * @param path absolute, without {@code .} and {@code ..}
 * @param form what is there
 * @param mode its permission bits, set-id and sticky included; empty: not looked at, and 0644 (of a
 *     folder 0755) where it has to be made
 * @param owner a name or a number; empty: not looked at, and root where it has to be made
 * @param group a name or a number; empty: not looked at, and root where it has to be made
 * @param parents whether folders on the way to it are made where they are missing
 * @param backup whether what is replaced is kept beside it, as {@code .NAME.holdfast-backup}: the
 *     newest only
 * @param secret whether its content is shown nowhere
 */
public record ManagedFile(
    String path,
    Form form,
    Optional<Integer> mode,
    Optional<String> owner,
    Optional<String> group,
    boolean parents,
    boolean backup,
    boolean secret)
    implements Resource {

  @Override
  public String subject() {
    return path;
  }

  /** With its content shown nowhere. */
  public ManagedFile asSecret() {
    return new ManagedFile(path, form, mode, owner, group, parents, backup, true);
  }

  /** What is at a path. */
  public sealed interface Form {
    /** A file, whatever is in it; an empty one where there is none. */
    record Present() implements Form {}

    /** A file with this content, to the byte. */
    record Content(String text) implements Form {}

    /**
     * A file with the content of another.
     *
     * @param source an absolute path on the host, or an {@code https:} URL
     * @param sha256 hex, of the content; present for a URL
     */
    record Copy(String source, Optional<String> sha256) implements Form {}

    /** A folder. */
    record Folder() implements Form {}

    /** A symbolic link. */
    record Link(String target) implements Form {}

    /**
     * Nothing.
     *
     * @param recursive whether a folder goes with all that is in it; without, it has to be empty
     */
    record Absent(boolean recursive) implements Form {}

    /** Some lines of a text file, or that they are not in it. */
    record Part(TextPart part, boolean present) implements Form {}
  }
}
