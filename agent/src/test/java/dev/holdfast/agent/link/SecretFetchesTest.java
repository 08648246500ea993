package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.link.Dialer.SecretReply;
import dev.holdfast.agent.run.Secrets.Answer;
import dev.holdfast.agent.run.Secrets.Secret;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Asking for secrets on a link that comes and goes. */
final class SecretFetchesTest extends LinkRig {
  private static final AssociationId ASSOCIATION =
      new AssociationId("00000000-0000-4000-8000-000000000000");
  private static final Answer GIVEN = new Answer.Given(Map.of("a", new Secret("value", 2)));

  private final List<Answer> answers = new ArrayList<>();

  @Test
  void whatIsAskedForOnALinkIsAnsweredOnce() {
    linkUp(0);
    fetch();
    FakeDialer.Asked asked = dialer.last().secrets.getFirst();
    assertEquals(ASSOCIATION, asked.association());
    assertEquals(Set.of("a"), asked.names());

    asked.reply().accept(given());
    asked.reply().accept(given());
    timers.advance(Limits.SECRET_WAIT.multipliedBy(2));

    assertEquals(List.of(GIVEN), answers);
  }

  @Test
  void withoutALinkItWaitsForOneAndThenGivesUp() {
    fetch();
    timers.advance(Limits.SECRET_WAIT.minusMillis(1));
    assertEquals(List.of(), answers);

    timers.advance(Duration.ofMillis(1));

    assertEquals(1, answers.size());
    assertTrue(answers.getFirst() instanceof Answer.Unavailable, answers.toString());
    assertTrue(answers.toString().contains("no link to the coordinator"), answers.toString());
    assertTrue(answers.toString().contains("60 s"), answers.toString());
  }

  @Test
  void aLinkThatComesInTimeIsAsked() {
    fetch();
    timers.advance(Duration.ofSeconds(30));
    linkUp(0);

    dialer.last().secrets.getFirst().reply().accept(given());

    assertEquals(List.of(GIVEN), answers);
  }

  @Test
  void aNoIsFinalAndALostAnswerIsAskedForAgain() {
    linkUp(0);
    fetch();
    dialer.last().secrets.getFirst().reply().accept(new SecretReply.Lost("too often"));
    timers.advance(Duration.ofSeconds(5));
    assertEquals(2, dialer.last().secrets.size());
    assertEquals(List.of(), answers);

    dialer.last().secrets.getLast().reply().accept(new SecretReply.Refused("not yours"));

    assertEquals(List.of(new Answer.Unavailable("not yours")), answers);
    timers.advance(Duration.ofSeconds(10));
    assertEquals(2, dialer.last().secrets.size());
  }

  @Test
  void whenTheLinkBreaksTheNextOneIsAsked() {
    linkUp(0);
    fetch();
    FakeDialer.FakeConnection first = dialer.last();
    first.listener.closed("gone");
    first.secrets.getFirst().reply().accept(new SecretReply.Lost("gone"));
    timers.advance(Duration.ofSeconds(5));
    answerHello(0);

    assertEquals(1, first.secrets.size());
    assertEquals(1, dialer.last().secrets.size());
    dialer.last().secrets.getFirst().reply().accept(given());
    assertEquals(List.of(GIVEN), answers);
  }

  @Test
  void soManyWaitAndNoMore() {
    for (int i = 0; i < Limits.MAX_SECRET_WAITERS; i++) {
      fetch();
    }
    assertEquals(List.of(), answers);

    fetch();

    assertEquals(List.of(new Answer.Unavailable("too many runs wait for their secrets")), answers);
  }

  @Test
  void aSecretDoesNotTellItsValueWhenItIsPrinted() {
    assertEquals("Given[secrets={a=Secret[version 2]}]", given().toString());
  }

  private void fetch() {
    link.secrets().fetch(ASSOCIATION, Set.of("a"), answers::add);
  }

  private static SecretReply given() {
    return new SecretReply.Given(Map.of("a", new Secret("value", 2)));
  }
}
