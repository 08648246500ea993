package dev.holdfast.agent.policy;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in which a host says what it allows. It is believed only if nobody but root could have
 * written it, or put another in its place. On the agent's own thread.
 */
public final class PolicyFile implements Supplier<Standing> {
  private static final Logger LOG = LoggerFactory.getLogger("policy");
  private static final int OTHERS_WRITE = 0022;
  private static final int STICKY = 01000;

  private final Path file;
  private final int owner;
  private Map<String, Object> seen = Map.of();
  private Standing standing = Standing.ABSENT;

  /**
   * Of a file, which is looked at now.
   *
   * @param owner the user beside root to whom the file and the folders above it may belong: the one
   *     that the agent runs as
   */
  public PolicyFile(Path file, int owner) {
    this.file = file.toAbsolutePath().normalize();
    this.owner = owner;
    look();
  }

  /** What it said when it was looked at last. */
  @Override
  public Standing get() {
    return standing;
  }

  /** Which file it is. */
  public Path path() {
    return file;
  }

  /**
   * Looks whether it changed, and reads it then.
   *
   * @return whether it says something else now
   */
  public boolean look() {
    Standing now;
    try {
      Map<String, Object> facts = facts(file);
      if (facts.equals(seen) && !(standing instanceof Standing.Wrong)) {
        return false;
      }
      now = read(facts);
      seen = facts;
    } catch (NoSuchFileException e) {
      now = Standing.ABSENT;
      seen = Map.of();
    } catch (IOException e) {
      now =
          new Standing.Wrong("the policy file " + file + " can't be read, so nothing starts: " + e);
    }
    boolean changed = !now.equals(standing);
    standing = now;
    if (changed) {
      tell();
    }
    return changed;
  }

  private void tell() {
    switch (standing) {
      case Standing.Absent _ -> LOG.info("there is no policy file; all is allowed file={}", file);
      case Standing.InForce(var policy) -> LOG.info("the policy file holds policy={}", policy);
      case Standing.Wrong(var reason) -> LOG.error("{}", reason);
    }
  }

  private Standing read(Map<String, Object> facts) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return wrong("is no plain file; put one there, or remove it");
    }
    if (!safeOwner(facts) || (mode(facts) & OTHERS_WRITE) != 0) {
      return wrong(
          "can be written by others than root; make it root's: chown root and chmod go-w it");
    }
    for (Path above = file.getParent(); above != null; above = above.getParent()) {
      Map<String, Object> folder = Files.readAttributes(above, "unix:uid,mode");
      boolean safeMode = (mode(folder) & OTHERS_WRITE) == 0 || (mode(folder) & STICKY) != 0;
      if (!safeOwner(folder) || !safeMode) {
        return wrong(
            "could be replaced, since others than root can write to "
                + above
                + "; chown root and chmod go-w that");
      }
    }
    byte[] content;
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      content = in.readNBytes(ConfigReader.MAX_BYTES + 1);
    }
    try {
      return new Standing.InForce(Policy.read(file.toString(), content));
    } catch (ConfigException | IllegalArgumentException e) {
      return wrong("is wrong: " + e.getMessage());
    }
  }

  private Standing wrong(String what) {
    return new Standing.Wrong(
        "the policy file " + file + " " + what + "; until then nothing starts");
  }

  private boolean safeOwner(Map<String, Object> facts) {
    return facts.get("uid") instanceof Integer uid && (uid == 0 || uid == owner);
  }

  private static Map<String, Object> facts(Path path) throws IOException {
    return Files.readAttributes(
        path, "unix:uid,mode,size,ino,ctime,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
  }

  private static int mode(Map<String, Object> facts) {
    return facts.get("mode") instanceof Integer mode ? mode : OTHERS_WRITE;
  }
}
