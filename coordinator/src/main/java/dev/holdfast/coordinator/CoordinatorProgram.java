package dev.holdfast.coordinator;

import dev.holdfast.config.HostPort;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Denials;
import dev.holdfast.coordinator.admin.Feeds;
import dev.holdfast.coordinator.admin.GrpcActivations;
import dev.holdfast.coordinator.admin.GrpcAudits;
import dev.holdfast.coordinator.admin.GrpcDocuments;
import dev.holdfast.coordinator.admin.GrpcEvents;
import dev.holdfast.coordinator.admin.GrpcParameters;
import dev.holdfast.coordinator.admin.GrpcTokens;
import dev.holdfast.coordinator.admin.LocalActivations;
import dev.holdfast.coordinator.assignment.SetSecrets;
import dev.holdfast.coordinator.association.AssociationDesk;
import dev.holdfast.coordinator.association.GrpcAssociations;
import dev.holdfast.coordinator.compliance.GrpcCompliance;
import dev.holdfast.coordinator.instance.GrpcInstances;
import dev.holdfast.coordinator.inventory.GrpcInventory;
import dev.holdfast.coordinator.link.GrpcLinks;
import dev.holdfast.coordinator.retention.Retention;
import dev.holdfast.coordinator.server.AuthenticationBrake;
import dev.holdfast.coordinator.server.BackupDesk;
import dev.holdfast.coordinator.server.CallRates;
import dev.holdfast.coordinator.server.CallTimes;
import dev.holdfast.coordinator.server.Faults;
import dev.holdfast.coordinator.server.GrpcListener;
import dev.holdfast.coordinator.server.LocalDesk;
import dev.holdfast.coordinator.server.LocalSocket;
import dev.holdfast.coordinator.server.Metrics;
import dev.holdfast.coordinator.server.MetricsListener;
import dev.holdfast.coordinator.server.OpenStreams;
import dev.holdfast.coordinator.server.PortLimits;
import dev.holdfast.coordinator.server.Ports;
import dev.holdfast.coordinator.server.SmallRequests;
import dev.holdfast.coordinator.server.StartException;
import dev.holdfast.coordinator.server.Tls;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.trust.AuthorityChange;
import dev.holdfast.coordinator.trust.Gate;
import dev.holdfast.coordinator.trust.Holders;
import dev.holdfast.coordinator.trust.Policy;
import dev.holdfast.coordinator.trust.Renewal;
import dev.holdfast.coordinator.webhook.HttpPoster;
import dev.holdfast.coordinator.webhook.WebhookSender;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Limits;
import dev.holdfast.task.OwnerThread;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator that runs. This is the composition root: everything is made here, in order, and
 * closed in reverse.
 */
final class CoordinatorProgram implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("coordinator");

  /** How long calls that go on have to end when the coordinator stops. */
  private static final Duration STOP_GRACE = Duration.ofSeconds(2);

  /** How long the engine has to read what it needs from the store at the start. */
  private static final Duration START = Duration.ofMinutes(1);

  /** How often it is looked whether the coordinator's certificate is to be made anew. */
  private static final Duration RENEWAL = Duration.ofDays(1);

  /** Threads for the calls of a port: they wait for the disk more than they compute. */
  private static final int CALL_THREADS = 8;

  /** The exit code when the disk failed: a new start looks at what is on it. */
  static final int DISK_FAILED = 74;

  private static final int CHANNELZ_PAGE = 100;

  private final Closing closing;
  private final Addresses addresses;
  private final String ready;
  private final Loops loops;

  private CoordinatorProgram(Closing closing, Addresses addresses, String ready, Loops loops) {
    this.closing = closing;
    this.addresses = addresses;
    this.ready = ready;
    this.loops = loops;
  }

  /** Where it listens. */
  record Addresses(HostPort agent, HostPort admin, HostPort metrics) {}

  /** Where it listens. */
  Addresses addresses() {
    return addresses;
  }

  /** The line that says that calls are accepted, and where. */
  String ready() {
    return ready;
  }

  /** What goes round in it. */
  Loops loops() {
    return loops;
  }

  @Override
  public void close() {
    LOG.info("stopping");
    closing.close();
    LOG.info("stopped");
  }

  /**
   * Starts a coordinator. What can be refused is refused before anything is changed.
   *
   * @param halt ends the program at once with an exit code: the disk failed
   * @throws StartException if it can't start
   * @throws StoreException if the store can't be opened
   */
  static CoordinatorProgram start(
      CoordinatorConfig config, String version, Armed armed, IntConsumer halt)
      throws StartException {
    Ports.check("agent", config.agentListen());
    Ports.check("admin", config.adminListen());
    Ports.check("metrics", config.metricsListen());
    DataFolder.prepare(config.data());
    Closing closing = new Closing();
    try {
      return wire(config, version, armed, halt, closing);
    } catch (IOException | GeneralSecurityException e) {
      closing.close();
      throw new StartException(
          "cannot use the data folder " + config.data() + ": " + e.getMessage(), e);
    } catch (StartException | RuntimeException e) {
      closing.close();
      throw e;
    }
  }

  private static CoordinatorProgram wire(
      CoordinatorConfig config, String version, Armed armed, IntConsumer halt, Closing closing)
      throws StartException, IOException, GeneralSecurityException {
    Path data = config.data();
    SecureRandom random = new SecureRandom();
    Supplier<Instant> clock = armed.tempo()::now;
    Supplier<UUID> ids = UUID::randomUUID;
    OwnerThread watch = Loops.thread("watch", Armed.nothing().tempo());
    closing.add(watch::close);

    // the truth, and who may see and change it
    Store store = Store.open(data, clock, Store.Durability.FULL);
    closing.add(store::close);
    store.onFailedSync(
        reason -> {
          LOG.error(
              "the disk failed to sync, so nothing is acknowledged any more; the coordinator stops"
                  + " data={} reason=\"{}\"; look at the disk and start it again",
              data,
              reason);
          halt.accept(DISK_FAILED);
        });
    // not before: whoever is refused above gets one line
    LOG.info("starting version={} tls={} {}", version, Tls.provider(), config.effective());
    CoordinatorTrust trust = CoordinatorTrust.open(config, store, random, clock, ids);
    Policy policy = new Policy();
    OpenStreams streams = new OpenStreams(trust.tokens()::stillGood);

    // what is to be, and how it comes to be
    OwnerThread owner = Loops.thread("engine", armed.tempo());
    OwnerThread committer = Loops.thread("commit", armed.tempo());
    SslContext agentTls = Tls.agents(trust.identity(), trust.authority()::accepted);
    Doors doors = Doors.open(config, agentTls, trust.authority().certificate(), watch::uptime);
    Engine engine =
        new Engine(
            store,
            owner,
            owner,
            committer,
            config.guardInstances(),
            config.rates().quotas(doors.handshakes()));
    Loops loops = new Loops(store, engine, owner, committer);
    closing.add(() -> loops.stop(STOP_GRACE));
    AssociationDesk desk = engine.desk();
    BuiltInDocuments.put(store, desk, BuiltInDocuments.load());

    // what can be called
    Denials denials = new Denials(store, ids, Optional.of(watch));
    closing.add(denials::flush);
    Calls calls = new Calls(store, ids, denials);
    Feeds executionFeeds = new Feeds(watch, watch, Limits.MAX_EXECUTION_WATCHERS);
    store.onCommit(executionFeeds::wake);
    engine.ingest().onStored(executionFeeds::wake);
    engine.ingest().onStored(() -> armed.failpoints().reach(Failpoints.AFTER_COMMIT_BEFORE_ACK));
    HealthStatusManager health = new HealthStatusManager();
    List<ServerServiceDefinition> adminServices =
        bound(
            new GrpcActivations(calls, trust.secrets(), clock),
            new GrpcDocuments(calls, desk, clock),
            new GrpcAssociations(
                calls,
                desk,
                engine.links()::linked,
                engine.permits()::waits,
                engine.links(),
                engine.links(),
                Optional.of(executionFeeds),
                clock),
            new GrpcInstances(
                calls,
                desk,
                engine.links(),
                engine.links()::linked,
                engine.permits()::waits,
                clock),
            new GrpcInventory(
                calls,
                engine.inventory(),
                engine.inventorySweep()::wake,
                trust.authority().trustDomain(),
                Optional.of(new Feeds(watch, watch, InventoryLimits.MAX_EXPORTS))),
            new GrpcCompliance(calls),
            new GrpcParameters(calls, desk, trust.parameterKeys()),
            new GrpcEvents(store, calls, trust.parameterKeys(), watch, watch),
            new GrpcAudits(calls),
            new GrpcTokens(calls, trust.tokens()),
            ProtoReflectionServiceV1.newInstance(),
            ChannelzService.newInstance(CHANNELZ_PAGE),
            health.getHealthService());
    List<ServerServiceDefinition> agentServices =
        List.of(
            SmallRequests.limit(
                trust
                    .enrolment(config, store, desk::instanceChanged, ids, random, watch, denials)
                    .bindService(),
                Limits.MAX_ENROL_MESSAGE_BYTES),
            SmallRequests.limit(
                new GrpcLinks(
                        engine.links(),
                        engine.bodies(),
                        new SetSecrets(store, trust.parameterKeys(), watch::uptime, ids),
                        new Renewal(store, trust.authority()),
                        trust.authority(),
                        owner)
                    .bindService(),
                Limits.MAX_AGENT_MESSAGE_BYTES),
            health.getHealthService().bindService());
    CoordinatorTrust.requireEntries(policy, adminServices);
    CoordinatorTrust.requireEntries(policy, agentServices);

    // through what
    Holders holders =
        new Holders(
            store,
            trust.authority().agentLife(),
            clock,
            engine.links()::connected,
            desk::instanceChanged,
            ids);
    Metrics metrics = new Metrics(watch::uptime);
    CallRates callRates = new CallRates(config.rates().adminCalls(), watch::uptime);
    List<ServerInterceptor> interceptors =
        List.of(
            metrics,
            new CallTimes(watch),
            new Faults(ids),
            new AuthenticationBrake(config.failedAuthentications(), watch::uptime),
            new Gate(
                policy,
                trust.authority().trustDomain(),
                trust.tokens()::bearer,
                certificate ->
                    trust.authority().accepts(certificate)
                        ? holders
                            .of(certificate)
                            .map(agent -> agent.outdated(!trust.authority().newest(certificate)))
                        : Optional.empty(),
                denials),
            callRates,
            streams);
    GrpcListener agents =
        new GrpcListener(
            "agent",
            config.agentListen(),
            agentTls,
            PortLimits.agents(),
            doors.agents(),
            interceptors,
            agentServices,
            new GrpcListener.Threads(CALL_THREADS, GrpcLinks.PASSED_ON));
    closing.add(() -> agents.stop(STOP_GRACE));
    GrpcListener admins =
        new GrpcListener(
            "admin",
            config.adminListen(),
            Tls.admins(trust.identity()),
            PortLimits.admins(),
            doors.admins(),
            interceptors,
            adminServices,
            new GrpcListener.Threads(CALL_THREADS, Set.of()));
    closing.add(() -> admins.stop(STOP_GRACE));
    Watching watching = new Watching(store, data, watch, metrics);
    MetricsListener scraped = watching.listener(config.metricsListen());
    closing.add(scraped::stop);
    LocalDesk localDesk =
        new LocalDesk(
            store,
            trust.tokens(),
            new BackupDesk(data, store, config.parametersKey().toString(), version, ids),
            new AuthorityChange(store, trust.authority(), trust::renew, ids, clock),
            new LocalActivations(store, trust.secrets(), ids, clock));
    LocalSocket local = new LocalSocket(data, watch, localDesk::perform);
    closing.add(local::stop);

    Retention retention = new Retention(store, ids, watch, clock, config.kept());
    watching.add(
        new Watching.Parts(
            engine,
            doors,
            callRates,
            streams,
            retention,
            trust.identity()::certificate,
            trust.authority()::certificate,
            version));

    ExecutorService network = Executors.newVirtualThreadPerTaskExecutor();
    closing.add(network::shutdownNow);
    WebhookSender webhooks =
        new WebhookSender(
            store,
            trust.parameterKeys(),
            watch,
            network,
            new HttpPoster((SSLSocketFactory) SSLSocketFactory.getDefault(), watch));

    // open
    watch.every(OpenStreams.PERIOD, streams::check);
    watch.every(RENEWAL, trust::renew);
    watching.begin(owner, network);
    if (!owner.await(START, engine::start)) {
      throw new StartException(
          "the engine was not ready within " + START.toSeconds() + " s: see the log");
    }
    webhooks.start();
    retention.start();
    local.start();
    Addresses addresses = new Addresses(agents.start(), admins.start(), scraped.start());
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
    closing.add(health::enterTerminalState);
    watching.opened();
    return new CoordinatorProgram(closing, addresses, ready(addresses, data, version), loops);
  }

  private static String ready(Addresses addresses, Path data, String version) {
    return "ready agent=%s admin=%s metrics=%s data=%s version=%s"
        .formatted(addresses.agent, addresses.admin, addresses.metrics, data, version);
  }

  private static List<ServerServiceDefinition> bound(BindableService... services) {
    return Stream.of(services).map(BindableService::bindService).toList();
  }
}
