package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.disk.FileDisk;
import dev.holdfast.agent.identity.Channels;
import dev.holdfast.agent.identity.Enrolment;
import dev.holdfast.agent.identity.Identity;
import dev.holdfast.agent.identity.IdentityFile;
import dev.holdfast.agent.identity.TestAuthority;
import dev.holdfast.agent.identity.TestCoordinator;
import dev.holdfast.task.Limits;
import dev.holdfast.task.OwnerThread;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.Pacing;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over real TLS on the loopback: what the fakes of the other tests promise, the network keeps. */
class GrpcDialerTest {
  private static final String DOMAIN = "holdfast.test";

  @TempDir private Path folder;
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final OwnerThread owner =
      new OwnerThread("owner", Clock.systemUTC(), failure -> heard.add("failed " + failure));
  private final Channels channels = new Channels(Clock.systemUTC());
  private TestAuthority authority;
  private TestCoordinator coordinator;
  private Identity identity;
  private Optional<Dialer.Connection> dialled = Optional.empty();

  @SuppressWarnings("NullAway.Init") // JUnit calls prepare before each test
  GrpcDialerTest() {}

  @BeforeEach
  void prepare() throws Exception {
    authority = new TestAuthority("right");
    coordinator = new TestCoordinator(authority, DOMAIN);
    identity =
        new Enrolment(new IdentityFile(new FileDisk(folder)), channels, new SecureRandom())
            .ask(
                new Enrolment.Wish(
                    coordinator.address(),
                    new Enrolment.Anchor.Pin(authority.pin()),
                    "activation",
                    TestCoordinator.CODE,
                    "1",
                    "web-1"));
  }

  @AfterEach
  void end() {
    coordinator.close();
    channels.close();
    owner.close();
  }

  @Test
  void messagesFlowBothWaysAsTheInstanceOfTheCertificate() throws Exception {
    dial();
    assertEquals("opened", next());
    onOwner(() -> dialled.orElseThrow().send(hello("boot-1")));

    assertEquals("boot-1", coordinator.next().getHello().getBootId());
    assertEquals(
        List.of("spiffe://" + DOMAIN + "/agent/" + identity.instance() + " TLSv1.3"),
        coordinator.callers);
    for (int i = 1; i <= 3; i++) {
      coordinator.send(
          CoordinatorMessage.newBuilder().setPacing(Pacing.newBuilder().setHeartbeatSeconds(i)));
    }
    assertEquals("received 1", next());
    assertEquals("received 2", next());
    assertEquals("received 3", next());
  }

  @Test
  void aBodyComesWholeAndOneThatIsNotThereOrTooLargeComesEmpty() throws Exception {
    dial();
    assertEquals("opened", next());
    byte[] bytes = new byte[Limits.MAX_BODY_BYTES];
    bytes[777_777] = 7;

    assertArrayEquals(bytes, fetched(put(bytes)).orElseThrow());
    assertEquals(Optional.empty(), fetched(Sha256.of(new byte[] {1})));
    assertEquals(Optional.empty(), fetched(put(new byte[Limits.MAX_BODY_BYTES + 1])));
  }

  @Test
  void theEndOfTheStreamIsToldOnce() throws Exception {
    dial();
    assertEquals("opened", next());
    onOwner(() -> dialled.orElseThrow().send(hello("boot-1")));
    coordinator.next();
    coordinator.streams.getLast().onCompleted();

    assertEquals("closed the coordinator ended the link", next());
    onOwner(
        () -> {
          dialled.orElseThrow().send(hello("late"));
          assertTrue(!dialled.orElseThrow().ready());
          dialled.orElseThrow().close();
        });
    assertEquals(List.of(), List.copyOf(heard));
  }

  @Test
  void aCoordinatorOfAnotherAuthorityIsNotTalkedTo() throws Exception {
    TestAuthority other = new TestAuthority("right");
    try (TestCoordinator wrong = new TestCoordinator(other, DOMAIN)) {
      Identity mislead =
          new Identity(
              identity.instance(),
              wrong.address(),
              identity.trustDomain(),
              identity.installNonce(),
              identity.key(),
              identity.chain(),
              identity.life(),
              identity.fingerprint(),
              identity.authorities());
      dial(mislead);

      assertEquals(
          "closed the coordinator is not trusted: its certificate does not lead to the authority"
              + " that is trusted",
          next());
      assertEquals(List.of(), wrong.streams);
    }
  }

  @Test
  void aCoordinatorOfAnotherTrustDomainIsNotTalkedTo() throws Exception {
    try (TestCoordinator wrong = new TestCoordinator(authority, "other.test")) {
      dial(
          new Identity(
              identity.instance(),
              wrong.address(),
              identity.trustDomain(),
              identity.installNonce(),
              identity.key(),
              identity.chain(),
              identity.life(),
              identity.fingerprint(),
              identity.authorities()));

      assertTrue(next().contains("belongs to the trust domain other.test"));
    }
  }

  @Test
  void nobodyThereIsToldInALine() throws Exception {
    coordinator.close();
    dial();

    String closed = next();
    assertTrue(closed.startsWith("closed UNAVAILABLE: "), closed);
    assertTrue(closed.toLowerCase(Locale.ROOT).contains("refused"), closed);
  }

  @Test
  void afterClosingNothingMoreIsHeard() throws Exception {
    dial();
    assertEquals("opened", next());
    onOwner(() -> dialled.orElseThrow().close());
    CompletableFuture<Optional<byte[]>> body = new CompletableFuture<>();
    onOwner(() -> dialled.orElseThrow().fetch(Sha256.of(new byte[0]), body::complete));

    assertEquals(Optional.empty(), body.get(20, TimeUnit.SECONDS));
    assertEquals(List.of(), List.copyOf(heard));
  }

  private Sha256 put(byte[] bytes) {
    Sha256 hash = Sha256.of(bytes);
    coordinator.bodies.put(ByteString.copyFrom(hash.raw()), ByteString.copyFrom(bytes));
    return hash;
  }

  private Optional<byte[]> fetched(Sha256 hash) throws Exception {
    CompletableFuture<Optional<byte[]>> body = new CompletableFuture<>();
    onOwner(() -> dialled.orElseThrow().fetch(hash, body::complete));
    return body.get(20, TimeUnit.SECONDS);
  }

  private static AgentMessage hello(String boot) {
    return AgentMessage.newBuilder().setHello(Hello.newBuilder().setBootId(boot)).build();
  }

  private void dial() throws Exception {
    dial(identity);
  }

  private void dial(Identity as) throws Exception {
    onOwner(() -> dialled = Optional.of(new GrpcDialer(channels, () -> as, owner).dial(new Ear())));
  }

  private String next() throws InterruptedException {
    String said = heard.poll(20, TimeUnit.SECONDS);
    return said == null ? "nothing" : said;
  }

  private void onOwner(Runnable task) throws Exception {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    owner.after(
        Duration.ZERO,
        () -> {
          task.run();
          done.complete(true);
        });
    done.get(20, TimeUnit.SECONDS);
  }

  private final class Ear implements Dialer.Listener {
    @Override
    public void opened() {
      heard.add(Thread.currentThread().getName().equals("owner") ? "opened" : "on a wrong thread");
    }

    @Override
    public void received(CoordinatorMessage message) {
      heard.add("received " + message.getPacing().getHeartbeatSeconds());
    }

    @Override
    public void ready() {
      // Only when the window was full; these tests send little.
    }

    @Override
    public void closed(String reason) {
      heard.add("closed " + reason);
    }
  }
}
