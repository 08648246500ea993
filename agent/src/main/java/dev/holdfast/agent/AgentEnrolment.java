package dev.holdfast.agent;

import dev.holdfast.agent.command.EnrollCommand;
import dev.holdfast.agent.disk.FileDisk;
import dev.holdfast.agent.identity.Channels;
import dev.holdfast.agent.identity.Enrolment;
import dev.holdfast.agent.identity.Identity;
import dev.holdfast.agent.identity.IdentityException;
import dev.holdfast.agent.identity.IdentityFile;
import dev.holdfast.agent.identity.StateFolder;
import dev.holdfast.association.InstanceId;
import dev.holdfast.config.ConfigException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Composition root of the command that joins a host. */
final class AgentEnrolment {
  private static final Logger LOG = LoggerFactory.getLogger("enrolment");

  private AgentEnrolment() {}

  /** Joins, or finds that the folder has joined already. */
  static InstanceId join(
      EnrollCommand.Request request, String version, SecureRandom random, InstantSource clock)
      throws ConfigException {
    AgentConfig config = AgentConfig.read(request.config(), request.state());
    Path path = StateFolder.check(config.state());
    IdentityFile file = new IdentityFile(new FileDisk(path));
    Enrolment.Wish wish =
        new Enrolment.Wish(
            request.coordinator(),
            request.anchor(),
            request.activationId(),
            request.activationCode(),
            version,
            ThisMachine.name());
    try (Channels channels = new Channels(clock)) {
      Enrolment enrolment = new Enrolment(file, channels, random);
      Optional<Identity> identity = file.read();
      if (identity.isPresent() && !request.replace()) {
        return again(enrolment, identity.get(), wish);
      }
      if (identity.isPresent() && !config.allowReenroll()) {
        throw new IdentityException(
            "this host is "
                + identity.get().instance()
                + "; to make it another instance set allow_reenroll: true in "
                + request.config().orElse(AgentConfig.DEFAULT_FILE));
      }
      try (StateFolder folder = StateFolder.hold(path)) {
        Identity joined = enrolment.ask(wish);
        if (identity.isPresent()) {
          LOG.warn(
              "this host becomes another instance before={} now={} coordinator={}",
              identity.get().instance(),
              joined.instance(),
              joined.coordinator());
          folder.clear();
        }
        enrolment.keep(joined);
        return joined.instance();
      }
    }
  }

  private static InstanceId again(Enrolment enrolment, Identity identity, Enrolment.Wish wish) {
    if (!enrolment.sameCoordinator(identity, wish)) {
      throw new IdentityException(
          "this host is "
              + identity.instance()
              + " of the coordinator at "
              + identity.coordinator()
              + "; to give it to another one use --replace, with allow_reenroll: true in"
              + " agent.yaml");
    }
    enrolment.moved(identity, wish.coordinator());
    return identity.instance();
  }
}
