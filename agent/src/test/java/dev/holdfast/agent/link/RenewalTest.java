package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.identity.Papers;
import dev.holdfast.agent.link.Dialer.RenewReply;
import dev.holdfast.wire.agent.AgentMessage.MessageCase;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A link whose certificate gets old, or is not taken any more. */
class RenewalTest extends LinkRig {
  private static final Duration LIFE = Duration.ofDays(7);
  private static final Papers.Answer ANSWER = new Papers.Answer(List.of(), LIFE, List.of());

  private void goodFor(Duration left) {
    papers.validity = Optional.of(new Papers.Validity(timers.now().plus(left), LIFE));
  }

  @Test
  void theCertificateIsRenewedAtHalfOfItsLifeAndTheLinkIsMadeAnew() {
    goodFor(LIFE);
    linkUp(0);

    timers.advance(LIFE.multipliedBy(39).dividedBy(100));
    assertEquals(0, dialer.last().renewals.size());
    timers.advance(LIFE.multipliedBy(22).dividedBy(100));
    FakeDialer.FakeConnection first = dialer.last();
    assertEquals(1, first.renewals.size());
    first.renewals.getFirst().accept(new RenewReply.Given(ANSWER));

    assertEquals(List.of(ANSWER), papers.accepted);
    assertTrue(first.closed);
    assertEquals(2, dialer.dialled.size(), "at once");
    answerHello(0);
    assertTrue(link.linked());
  }

  @Test
  void whatIsRefusedIsAskedForAgainAboutAnHourLater() {
    goodFor(Duration.ofHours(1));
    linkUp(0);
    assertEquals(1, dialer.last().renewals.size());

    dialer.last().renewals.getFirst().accept(new RenewReply.Refused("the store is full"));
    timers.advance(Duration.ofMinutes(29));
    assertEquals(1, dialer.last().renewals.size());
    timers.advance(Duration.ofMinutes(31));
    assertEquals(2, dialer.last().renewals.size());
    papers.refuses = true;
    dialer.last().renewals.get(1).accept(new RenewReply.Given(ANSWER));
    assertTrue(link.linked(), "it goes on with the old one");
    timers.advance(Duration.ofHours(1));
    assertEquals(3, dialer.last().renewals.size());
  }

  @Test
  void anAnswerOfALinkThatIsGoneChangesNothing() {
    goodFor(Duration.ofHours(1));
    linkUp(0);
    FakeDialer.FakeConnection first = dialer.last();
    first.listener.closed("gone");

    first.renewals.getFirst().accept(new RenewReply.Given(ANSWER));

    assertEquals(List.of(), papers.accepted);
  }

  @Test
  void theCoordinatorMayAskForItAtOnce() {
    goodFor(LIFE);
    linkUp(0);

    dialer
        .last()
        .receive(CoordinatorMessage.newBuilder().setStanding(Standing.newBuilder().setRenew(true)));

    assertEquals(1, dialer.last().renewals.size());
  }

  @Test
  void aHostWhoseCertificateIsNotTakenComesBackByItsKeyBeforeItDialsAgain() {
    goodFor(LIFE);
    link.start();
    dialer.last().listener.turnedAway("no");

    timers.advance(Duration.ofSeconds(2));
    assertEquals(1, papers.recoveries.size());
    assertEquals(1, dialer.dialled.size(), "first the certificate");
    papers.recoveries.getFirst().accept("");
    assertEquals(2, dialer.dialled.size());
    answerHello(0);
    assertTrue(link.linked());
  }

  @Test
  void aHostThatDoesNotComeBackTriesConnectionAndKeyInTurnAndMoreSeldom() {
    goodFor(Duration.ZERO);
    link.start();
    Duration began = timers.uptime();
    for (int i = 1; i <= 20; i++) {
      dialer.last().listener.closed("nobody is there");
      for (int second = 0; papers.recoveries.size() < i; second++) {
        assertTrue(second <= 300, "it tries every five minutes at least");
        timers.advance(Duration.ofSeconds(1));
      }
      assertEquals(i, dialer.dialled.size(), "the key before the connection");
      papers.recoveries.getLast().accept("refused");
      for (int second = 0; dialer.dialled.size() == i; second++) {
        assertTrue(second <= 300, "it tries every five minutes at least");
        timers.advance(Duration.ofSeconds(1));
      }
      assertEquals(i, papers.recoveries.size(), "the connection after the key");
    }
    assertTrue(timers.uptime().minus(began).compareTo(Duration.ofMinutes(30)) > 0);
  }

  @Test
  void aHostThatIsHeldSendsHeartbeatsAndNoReports() {
    spool.add(run(1, dev.holdfast.report.RunStatus.SUCCESS));
    link.start();
    dialer.last().listener.opened();
    hold(Standing.State.PENDING);

    timers.advance(Duration.ofMinutes(5));
    spool.add(run(2, dev.holdfast.report.RunStatus.SUCCESS));
    link.spooled();

    assertEquals("held", link.state());
    assertEquals(List.of(), sequences());
    assertTrue(heartbeats() >= 3);
    assertEquals(2, spool.status().records(), "nothing is lost");
  }

  @Test
  void aCopyThatIsToldSoTakesANonceOfItsOwnOnceAndSaysIt() {
    papers.nonce = Optional.of("nonce");
    link.start();
    dialer.last().listener.opened();
    hold(Standing.State.DUPLICATE);

    assertEquals(2, dialer.dialled.size());
    dialer.last().listener.opened();
    assertEquals(MessageCase.HELLO, dialer.last().lastSent().getMessageCase());
    assertEquals("nonce'", dialer.last().lastSent().getHello().getInstallNonce());
    hold(Standing.State.DUPLICATE);
    assertEquals(2, dialer.dialled.size());
    assertEquals("held", link.state());
  }

  private void hold(Standing.State state) {
    dialer
        .last()
        .receive(CoordinatorMessage.newBuilder().setStanding(Standing.newBuilder().setHeld(state)));
  }
}
