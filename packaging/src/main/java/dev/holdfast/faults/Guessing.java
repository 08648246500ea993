package dev.holdfast.faults;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.EnrollRequest;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import dev.holdfast.wire.v1.ActivationServiceGrpc;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.CreateActivationResponse;
import dev.holdfast.wire.v1.DeleteActivationRequest;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Somebody guesses codes of activations, in bulk. */
final class Guessing implements Case {
  private static final int LOCKS = 20;
  private static final int AT_ONCE = 5;
  private static final int AT_ONCE_GUESSING = 4;

  /** How much longer than another a refusal may take, by the medians. */
  private static final double ALIKE = 1.2;

  private static final String WRONG = "wrong".repeat(8);

  @Override
  public String id() {
    return "E04";
  }

  @Override
  public String claim() {
    return "whoever guesses codes learns nothing by what is said or how long it takes, is not heard"
        + " but for some, and locks the activation by the 20th; others get in meanwhile";
  }

  @Override
  public void run(Trial trial) throws Exception {
    List<String> addresses = addresses(trial);
    trial.needs(
        !addresses.isEmpty(), "this machine has no address but loopback, which is not slowed down");
    Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
    Door door = trial.closing(new Door("127.0.0.1", rig));
    locks(trial, rig, door);
    tellsNothing(trial, rig, door);
    slowed(trial, addresses);
  }

  /** What somebody heard, and how long it took, in nanoseconds. */
  private record Heard(Status status, long nanos) {}

  /**
   * Somebody who is not known yet. A connection of such a one gets few calls a second, so they come
   * by one after the other. For one thread.
   */
  private static final class Door implements AutoCloseable {
    private static final int CALLS = 15;

    private final String target;
    private final Path authority;
    private ManagedChannel channel;
    private int calls;

    Door(String address, Rig rig) throws IOException {
      target = "dns:///" + address + rig.agentAddress().substring(rig.agentAddress().indexOf(':'));
      authority = Field.authority(rig);
      channel = open();
    }

    /** Whichever address it goes to, the certificate is one of this machine. */
    private ManagedChannel open() throws IOException {
      return NettyChannelBuilder.forTarget(target)
          .overrideAuthority("localhost")
          .sslContext(
              GrpcSslContexts.configure(
                      GrpcSslContexts.forClient().trustManager(authority.toFile()), SslProvider.JDK)
                  .protocols("TLSv1.3")
                  .build())
          .build();
    }

    Status ask(Guess guess, ByteString request) throws IOException, InterruptedException {
      return heard(guess, request).status;
    }

    Heard heard(Guess guess, ByteString request) throws IOException, InterruptedException {
      if (calls++ == CALLS) {
        channel.shutdownNow();
        channel = open();
        calls = 1;
      }
      boolean _ =
          Field.await(
              Duration.ofSeconds(20), () -> channel.getState(true) == ConnectivityState.READY);
      long began = System.nanoTime();
      Status status =
          People.status(
              () ->
                  EnrolmentServiceGrpc.newBlockingStub(channel)
                      .withDeadlineAfter(20, TimeUnit.SECONDS)
                      .enroll(
                          EnrollRequest.newBuilder()
                              .setActivationId(guess.activation)
                              .setActivationCode(guess.code)
                              .setCertificateRequest(request)
                              .setAgentVersion("0")
                              .setComputerName("guessing")
                              .build()));
      return new Heard(status, System.nanoTime() - began);
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }

  private record Guess(String activation, String code) {
    static Guess right(CreateActivationResponse activation) {
      return new Guess(activation.getActivationId(), activation.getActivationCode());
    }

    static Guess wrong(CreateActivationResponse activation) {
      return new Guess(activation.getActivationId(), WRONG);
    }
  }

  private static ByteString request() throws IOException, GeneralSecurityException {
    return ByteString.copyFrom(HandMade.request(HandMade.newKey()));
  }

  /** Nineteen wrong codes do nothing, one more and nobody gets in, by this activation alone. */
  private static void locks(Trial trial, Rig rig, Door door) throws Exception {
    CreateActivationResponse activation = rig.activate(10, Map.of());
    CreateActivationResponse other = rig.activate(1, Map.of());
    ByteString first = request();
    for (int i = 1; i < LOCKS; i++) {
      trial.require(
          door.ask(Guess.wrong(activation), request()).getCode() == Status.Code.UNAUTHENTICATED,
          "a wrong code is not refused");
      trial.count(Figure.FAULTS, 1);
    }
    trial.require(
        door.ask(Guess.right(activation), first).isOk(), "it is locked by 19 wrong codes");
    Status last = door.ask(Guess.wrong(activation), request());
    for (ByteString each : List.of(first, request())) {
      Status locked = door.ask(Guess.right(activation), each);
      trial.require(
          locked.toString().equals(last.toString()),
          "by a locked activation: " + locked + ", by a wrong code: " + last);
    }
    trial.require(
        door.ask(Guess.right(other), request()).isOk(), "another activation is locked, too");
    trial.require(
        Field.audit(rig, "Enroll").stream().anyMatch(e -> e.toString().contains("20 wrong codes")),
        "the audit trail does not tell of the lock");
    trial.figure(Figure.ACKED, 2);
    trial.figure(Figure.STORED, Field.instances(rig).size());
    trial.require(Field.instances(rig).size() == 2, Field.instances(rig).size() + " instances");
  }

  /** Whatever the reason is, a refusal reads the same and takes as long. */
  private static void tellsNothing(Trial trial, Rig rig, Door door) throws Exception {
    int times = trial.scale().of(9, 90, 900);
    Map<String, List<Guess>> guesses = guesses(rig, door, 3 * times);
    ByteString request = request();
    Map<String, String> texts = new TreeMap<>();
    double best = Double.MAX_VALUE;
    for (int round = 0; round < 3 && best > ALIKE; round++) {
      Map<String, List<Long>> took = new LinkedHashMap<>();
      for (int i = 0; i < times; i++) {
        int number = round * times + i;
        for (Map.Entry<String, List<Guess>> some : guesses.entrySet()) {
          Guess guess = some.getValue().get(number % some.getValue().size());
          Heard heard = door.heard(guess, request);
          took.computeIfAbsent(some.getKey(), _ -> new ArrayList<>()).add(heard.nanos);
          texts.putIfAbsent(heard.status.toString(), some.getKey());
        }
      }
      trial.count(Figure.REFUSED, times * guesses.size());
      List<Long> medians = new ArrayList<>();
      took.forEach(
          (why, each) -> {
            each.sort(null);
            medians.add(each.get(each.size() / 2));
            trial.note(why + "-us", each.get(each.size() / 2) / 1_000);
          });
      medians.sort(null);
      best = Math.min(best, (double) medians.getLast() / medians.getFirst());
    }
    trial.note("slowest-to-fastest", Math.round(best * 100) / 100.0);
    trial.require(
        texts.size() == 1 && texts.keySet().iterator().next().contains("UNAUTHENTICATED"),
        "the refusals differ: " + texts);
    trial.requireInTime(
        best <= ALIKE, "by how long it takes one reason is told from another: " + best);
  }

  /** Guesses that are refused, each for a reason of its own. */
  private static Map<String, List<Guess>> guesses(Rig rig, Door door, int times) throws Exception {
    CreateActivationResponse used = rig.activate(1, Map.of());
    var _ = door.ask(Guess.right(used), request());
    CreateActivationResponse locked = rig.activate(1, Map.of());
    for (int i = 0; i < LOCKS; i++) {
      var _ = door.ask(Guess.wrong(locked), request());
    }
    var activations =
        ActivationServiceGrpc.newBlockingStub(rig.channel()).withCallCredentials(rig.token());
    CreateActivationResponse deleted = rig.activate(1, Map.of());
    var _ =
        activations.deleteActivation(
            DeleteActivationRequest.newBuilder()
                .setActivationId(deleted.getActivationId())
                .build());
    CreateActivationResponse elsewhere =
        activations.createActivation(
            CreateActivationRequest.newBuilder().addSourceCidrs("203.0.113.0/24").build());
    long soon = System.currentTimeMillis() + 1_500;
    CreateActivationResponse expired =
        activations.createActivation(
            CreateActivationRequest.newBuilder()
                .setExpirationDate(Timestamps.fromMillis(soon))
                .build());
    List<Guess> wrong = new ArrayList<>();
    for (int i = 0; i < times / (LOCKS - 5) + 1; i++) {
      wrong.add(Guess.wrong(rig.activate(1, Map.of())));
    }
    TimeUnit.MILLISECONDS.sleep(Math.max(0, soon + 200 - System.currentTimeMillis()));
    Map<String, List<Guess>> guesses = new LinkedHashMap<>();
    guesses.put("unknown", List.of(new Guess(UUID.randomUUID().toString(), WRONG)));
    guesses.put("wrong", wrong);
    guesses.put("used", List.of(Guess.right(used)));
    guesses.put("expired", List.of(Guess.right(expired)));
    guesses.put("locked", List.of(Guess.right(locked)));
    guesses.put("deleted", List.of(Guess.right(deleted)));
    guesses.put("from-elsewhere", List.of(Guess.right(elsewhere)));
    return guesses;
  }

  /** With the bounds as they are delivered, which do not count whoever comes by loopback. */
  private static void slowed(Trial trial, List<String> addresses) throws Exception {
    Rig rig = trial.closing(new Rig());
    rig.takeAgentsEverywhere();
    rig.startCoordinator();
    Door honest = trial.closing(new Door(addresses.getLast(), rig));
    CreateActivationResponse many = rig.activate(1_000, Map.of());
    hasty(trial, trial.closing(new Door(addresses.getFirst(), rig)), many);
    int guesses = trial.scale().of(300, 2_000, 10_000);
    Map<Status.Code, Integer> ends = new TreeMap<>();
    double slowest = 0;
    try (ExecutorService guessing = Executors.newFixedThreadPool(AT_ONCE_GUESSING)) {
      List<Future<?>> done = new ArrayList<>();
      ByteString request = request();
      for (int i = 0; i < AT_ONCE_GUESSING; i++) {
        Door attacker = trial.closing(new Door(addresses.getFirst(), rig));
        done.add(
            guessing.submit(
                () -> {
                  for (int j = 0; j < guesses / AT_ONCE_GUESSING; j++) {
                    Guess guess = new Guess(many.getActivationId(), WRONG + j);
                    Status.Code code = attacker.ask(guess, request).getCode();
                    synchronized (ends) {
                      ends.merge(code, 1, Integer::sum);
                    }
                  }
                  return attacker;
                }));
      }
      for (int i = 0; i < 4; i++) {
        ByteString own = request();
        long began = System.nanoTime();
        Status status = honest.ask(Guess.right(many), own);
        slowest = Math.max(slowest, (System.nanoTime() - began) / 1e9);
        trial.require(status.isOk(), "an honest host elsewhere ends with " + status);
        trial.count(Figure.ACKED, 1);
      }
      for (Future<?> one : done) {
        one.get(2, TimeUnit.MINUTES);
      }
    }
    trial.count(Figure.FAULTS, guesses);
    trial.note("guesses", ends);
    trial.note("honest-s", Math.round(slowest * 100) / 100.0);
    int heard = guesses - ends.getOrDefault(Status.Code.RESOURCE_EXHAUSTED, 0);
    trial.require(
        heard <= Math.max(LOCKS, guesses / 100), heard + " of " + guesses + " guesses were heard");
    trial.requireInTime(slowest < 2, "an honest host elsewhere waited " + slowest + " s");
  }

  /** Even with the right code one address brings in no more than its rate. */
  private static void hasty(Trial trial, Door attacker, CreateActivationResponse activation)
      throws Exception {
    int in = 0;
    int late = 0;
    long began = System.nanoTime();
    for (int i = 0; i < 30; i++) {
      Status status = attacker.ask(Guess.right(activation), request());
      in += status.isOk() ? 1 : 0;
      late += status.getCode() == Status.Code.RESOURCE_EXHAUSTED ? 1 : 0;
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    trial.note("hasty", in + "/30");
    trial.require(in >= AT_ONCE && in + late == 30, in + " got in, " + late + " were told to wait");
    trial.require(
        in <= AT_ONCE + seconds + 1, in + " of one address got in within " + seconds + " s");
    trial.count(Figure.ACKED, in);
  }

  /** Addresses of this machine that are not loopback: two, if it has them or can be given them. */
  private static List<String> addresses(Trial trial) throws IOException, InterruptedException {
    List<String> addresses = new ArrayList<>();
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(Inet4Address.class::isInstance)
        .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
        .map(InetAddress::getHostAddress)
        .forEach(addresses::add);
    for (String more : List.of("198.51.100.71", "198.51.100.72")) {
      if (addresses.size() < 2
          && Shell.works(trial.folder(), List.of("ip", "addr", "add", more + "/32", "dev", "lo"))) {
        AutoCloseable back =
            () ->
                Shell.run(
                    trial.folder(),
                    Duration.ofSeconds(20),
                    List.of("ip", "addr", "del", more + "/32", "dev", "lo"));
        trial.closing(back);
        addresses.add(more);
      }
    }
    if (addresses.size() == 1) {
      addresses.add("127.0.0.1");
    }
    return addresses;
  }
}
