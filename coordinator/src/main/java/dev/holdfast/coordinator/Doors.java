package dev.holdfast.coordinator;

import dev.holdfast.coordinator.server.Admission;
import dev.holdfast.coordinator.server.HandshakeCapacity;
import dev.holdfast.task.TokenBucket.Rate;
import dev.holdfast.task.TransportLimits;
import io.netty.handler.ssl.SslContext;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is let in at the two ports.
 *
 * @param handshakes a second that are admitted at each
 */
record Doors(Admission agents, Admission admins, int handshakes) {
  private static final Logger LOG = LoggerFactory.getLogger("server");

  /**
   * As configured; how many handshakes the machine can do is measured unless that is configured.
   *
   * @param agents TLS of the agents' port
   * @param authority that made its certificate
   * @param uptime monotonic time
   */
  static Doors open(
      CoordinatorConfig config,
      SslContext agents,
      X509Certificate authority,
      Supplier<Duration> uptime)
      throws SSLException {
    int handshakes =
        config.rates().handshakes() > 0
            ? config.rates().handshakes()
            : measured(agents, authority, uptime);
    Rate rate =
        new Rate(handshakes, (double) handshakes * TransportLimits.HANDSHAKES_AT_ONCE_SECONDS);
    AtomicInteger all = new AtomicInteger();
    int most = Figures.connections();
    return new Doors(
        new Admission(
            new Admission.Settings(
                config.agentConnections(),
                TransportLimits.STRANGER_CONNECTIONS_PER_ADDRESS,
                most - TransportLimits.CONNECTIONS_KEPT_FOR_PEOPLE,
                rate),
            all,
            uptime),
        new Admission(
            new Admission.Settings(config.adminConnections(), 0, most, rate), all, uptime),
        handshakes);
  }

  private static int measured(
      SslContext agents, X509Certificate authority, Supplier<Duration> uptime) throws SSLException {
    int capacity =
        HandshakeCapacity.measure(
            agents,
            authority,
            () -> uptime.get().toNanos(),
            Runtime.getRuntime().availableProcessors());
    int admitted =
        Math.max(
            TransportLimits.HANDSHAKES_A_SECOND_AT_LEAST,
            (int) (capacity / 100.0 * TransportLimits.HANDSHAKES_PERCENT_OF_CAPACITY));
    LOG.info("handshakes a second measured={} admitted={}", capacity, admitted);
    return admitted;
  }
}
