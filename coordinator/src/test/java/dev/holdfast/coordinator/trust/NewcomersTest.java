package dev.holdfast.coordinator.trust;

import static dev.holdfast.coordinator.trust.Newcomers.Verdict.ADOPT;
import static dev.holdfast.coordinator.trust.Newcomers.Verdict.INTRODUCE;
import static dev.holdfast.coordinator.trust.Newcomers.Verdict.NOTHING;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Histories.History;
import dev.holdfast.coordinator.store.Identities.Certified;
import dev.holdfast.coordinator.store.Identities.Identity;
import dev.holdfast.coordinator.store.InstanceState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which certificates that the store does not know count after a restore. */
final class NewcomersTest {
  private static final Instant BACKUP = Instant.parse("2026-11-24T12:00:00Z");
  private static final Instant RESTORE = Instant.parse("2026-11-24T18:00:00Z");
  private static final Instant BETWEEN = Instant.parse("2026-11-24T15:00:00Z");
  private static final List<History> RESTORED = List.of(new History(9, 100, BACKUP, RESTORE));

  @Test
  void oneThatWasGivenOutInTheForgottenTimeCountsOnceARestore() {
    assertEquals(ADOPT, judge(InstanceState.ACTIVE, 0, BETWEEN));
    assertEquals(ADOPT, judge(InstanceState.ACTIVE, 8, BETWEEN), "another restore's");
    assertEquals(NOTHING, judge(InstanceState.ACTIVE, 9, BETWEEN), "it showed one already");
    assertEquals(ADOPT, judge(InstanceState.PENDING, 0, BETWEEN), "it goes on to wait");
  }

  @Test
  void onesThatTheStoreMustKnowCountNoMoreThanBefore() {
    assertEquals(NOTHING, judge(InstanceState.ACTIVE, 0, BACKUP.minusSeconds(60)));
    assertEquals(NOTHING, judge(InstanceState.ACTIVE, 0, RESTORE.plusSeconds(1)));
    assertEquals(
        NOTHING,
        Newcomers.judge(List.of(), 1, Optional.of(of(InstanceState.ACTIVE)), 0, BETWEEN),
        "it was never restored");
  }

  @Test
  void whoeverIsThrownOutStaysOut() {
    for (InstanceState state :
        List.of(InstanceState.REVOKED, InstanceState.DUPLICATE, InstanceState.DEREGISTERED)) {
      assertEquals(NOTHING, judge(state, 0, BETWEEN), state.name());
    }
  }

  @Test
  void anInstanceThatIsNotKnownIsIntroduced() {
    assertEquals(INTRODUCE, Newcomers.judge(RESTORED, 9, Optional.empty(), 0, BETWEEN));
    assertEquals(
        NOTHING,
        Newcomers.judge(RESTORED, 9, Optional.empty(), 0, RESTORE.plusSeconds(3_600)),
        "after the restore the store knows whom it lets in");
  }

  private static Newcomers.Verdict judge(InstanceState state, long adopted, Instant issued) {
    return Newcomers.judge(RESTORED, 9, Optional.of(of(state)), adopted, issued);
  }

  private static Identity of(InstanceState state) {
    return new Identity(
        new InstanceId("mi-00000000000abc000"),
        state,
        Optional.empty(),
        "",
        new Certified("1", ByteString.EMPTY, "key"),
        Optional.empty(),
        Optional.empty(),
        "",
        "");
  }
}
