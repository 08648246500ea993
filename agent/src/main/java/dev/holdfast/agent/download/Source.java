package dev.holdfast.agent.download;

import dev.holdfast.task.Sha256;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Where content comes from (spec.md section 2.5). */
public sealed interface Source {

  /** The names of stored secrets that its credentials still refer to. */
  default Set<String> secrets() {
    Set<String> names = new TreeSet<>();
    switch (this) {
      case Web(var _, var _, var login, var _) -> names.addAll(login.references());
      case Git git -> {
        names.addAll(git.login.references());
        names.addAll(git.privateKey.references());
      }
      case GitHub gitHub -> names.addAll(gitHub.token.references());
      case Stored _ -> {}
    }
    return names;
  }

  /**
   * With the values of stored secrets in its credentials.
   *
   * @param stored by name; all that {@link #secrets} names
   */
  default Source filled(Map<String, String> stored) {
    return switch (this) {
      case Web(var url, var insecure, var login, var sha256) ->
          new Web(url, insecure, login.filled(stored), sha256);
      case Git git ->
          new Git(
              git.repository,
              git.revision,
              git.insecure,
              git.login.filled(stored),
              git.privateKey.filled(name -> value(stored, name)),
              git.anyHostKey);
      case GitHub gitHub ->
          new GitHub(
              gitHub.owner,
              gitHub.repository,
              gitHub.path,
              gitHub.revision,
              gitHub.token.filled(name -> value(stored, name)),
              gitHub.sha256);
      case Stored stays -> stays;
    };
  }

  private static String value(Map<String, String> stored, String name) {
    return Objects.requireNonNull(stored.get(name), "every secret that is referred to is given");
  }

  /**
   * One file behind a URL; S3 objects too.
   *
   * @param url with {@code https}, or {@code http} if that is allowed
   * @param insecure whether {@code http} is allowed
   * @param sha256 what the file has to be; empty: anything
   */
  record Web(URI url, boolean insecure, Login login, Optional<Sha256> sha256) implements Source {}

  /**
   * All files of a Git repository, without its history.
   *
   * @param repository its URL, or {@code user@host:path}
   * @param insecure whether {@code http} is allowed
   * @param privateKey for SSH
   * @param anyHostKey whether SSH takes whatever key the host has
   */
  record Git(
      String repository,
      Revision revision,
      boolean insecure,
      Login login,
      Secret privateKey,
      boolean anyHostKey)
      implements Source {}

  /**
   * A file or folder of a repository on GitHub.
   *
   * @param path within it; empty: all of it
   * @param token for what is not public
   * @param sha256 what the file has to be; empty: anything
   */
  record GitHub(
      String owner,
      String repository,
      String path,
      Revision revision,
      Secret token,
      Optional<Sha256> sha256)
      implements Source {}

  /**
   * A document that came with the run.
   *
   * @param reference the name as the step has it
   */
  record Stored(String reference, Optional<Sha256> sha256) implements Source {}

  /**
   * How one says who one is.
   *
   * @param username empty without credentials
   */
  record Login(Method method, Secret username, Secret password) {
    /** Without. */
    public static final Login NONE = new Login(Method.NONE, Secret.NONE, Secret.NONE);

    /** The ways of HTTP. */
    public enum Method {
      /** One doesn't. */
      NONE,
      /** RFC 7617. */
      BASIC,
      /** RFC 7616. */
      DIGEST
    }

    Set<String> references() {
      Set<String> names = new TreeSet<>(username.references());
      names.addAll(password.references());
      return names;
    }

    Login filled(Map<String, String> stored) {
      return new Login(
          method,
          username.filled(name -> value(stored, name)),
          password.filled(name -> value(stored, name)));
    }
  }

  /** Which state of a repository. */
  sealed interface Revision {
    /** What the repository shows first. */
    record Newest() implements Revision {}

    /** The newest of a branch. */
    record Branch(String name) implements Revision {}

    /** One commit. */
    record Commit(String id) implements Revision {}
  }
}
