package dev.holdfast.agent.assignment;

import static dev.holdfast.agent.testing.Samples.INSTANCE;
import static dev.holdfast.agent.testing.Samples.assignment;
import static dev.holdfast.agent.testing.Samples.association;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.testing.MemoryDisk;
import dev.holdfast.agent.testing.PowerCut;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class HoldingTest {
  private static final Instant FROM = Origin.FROM;

  private final MemoryDisk disk = new MemoryDisk();
  private final Origin origin = new Origin();

  @Test
  void aSetIsHeldWhenAllItsBodiesAreHere() {
    Holding holding = loaded();

    assertEquals(Optional.empty(), holding.want(origin.set(5, assignment(1))));
    assertFalse(holding.whole());
    assertEquals(Generation.NONE, holding.generation());
    assertEquals(List.of(assignment(1).body()), holding.lacking(), "its document is not known yet");
    origin.fetchOne(holding);
    assertFalse(holding.whole());
    origin.fetchOne(holding);

    assertTrue(holding.whole());
    assertEquals(new Generation(1, 5), holding.generation());
    assertEquals(origin.set(5, assignment(1)).sha256(), holding.set());
    assertEquals(1, holding.lines().size());
    assertEquals(assignment(1).value(), loadForRun(holding, 1).assignment());
  }

  @Test
  void whatIsHeldSurvivesARestart() {
    Holding holding = loaded();
    AssignmentSet set =
        new AssignmentSet(
            new Generation(1, 5),
            List.of(assignment(1).from(FROM)),
            List.of("an execution"),
            List.of(
                new PendingTrigger(
                    association(1),
                    new Trigger.Change(1, 5),
                    "created",
                    FROM,
                    assignment(1).body(),
                    false,
                    Optional.empty())));
    origin.bodiesOf(assignment(1));
    holding.want(set);
    origin.fetchAll(holding);

    Holding after = loaded();

    assertTrue(after.whole());
    assertEquals(set, after.wanted());
    assertEquals(set.sha256(), after.set());
    assertEquals(holding.lines(), after.lines());
  }

  @Test
  void anAssociationStaysOnWhatItHeldUntilItsBodiesAreHereAndTheOthersGoAhead() {
    Holding holding = holding(5, assignment(1), assignment(2));
    Samples edited = assignment(1).edited("echo new");
    Samples other = assignment(3);

    holding.want(origin.set(6, edited, other));
    Origin.deliver(holding, other);

    assertEquals(List.of(assignment(1).body(), other.body()), followed(holding));
    assertEquals(new Generation(1, 5), holding.generation(), "not held whole");
    assertEquals("echo 1", scriptOf(holding, 1));

    Origin.deliver(holding, edited);

    assertEquals(List.of(edited.body(), other.body()), followed(holding));
    assertEquals(new Generation(1, 6), holding.generation());
  }

  @Test
  void aSetIsHeldAtOnceWhenItsBodiesComeBesideIt() {
    Holding holding = holding(5, assignment(1));
    Samples edited = assignment(1).edited("echo new").naming("echo child");
    List<byte[]> beside = new ArrayList<>(List.of(edited.bytes()));
    beside.addAll(edited.documents());

    holding.want(origin.set(6, edited), beside);

    assertTrue(holding.whole());
    assertEquals(List.of(edited.body()), followed(holding));
    assertEquals(List.of(edited.body()), followed(loaded()), "it is on the disk");
  }

  @Test
  void aBodyBesideASetThatTheSetDoesNotNeedIsDropped() {
    Holding holding = holding(5, assignment(1));
    int before = bodies().size();

    holding.want(
        origin.set(6, assignment(1).edited("echo new")),
        List.of(assignment(2).bytes(), new byte[1]));

    assertFalse(holding.whole());
    assertEquals(before, bodies().size());
    assertEquals(List.of(assignment(1).body()), followed(holding));
  }

  @Test
  void anAssignmentIsAdoptedOnlyWithTheDocumentsThatItsDocumentNames() {
    Holding holding = holding(5, assignment(1));
    Samples naming = assignment(1).edited("echo new").naming("echo child");
    origin.bodiesOf(naming);
    holding.want(origin.set(6, naming));
    origin.fetchOne(holding);
    origin.fetchOne(holding);
    assertEquals(List.of(assignment(1).body()), followed(holding), "the child is not here yet");
    assertEquals(Map.of(), loadForRun(holding, 1).children());

    origin.fetchAll(holding);

    assertEquals(List.of(naming.body()), followed(holding));
    Holding after = loaded();
    Map<String, ByteString> children = loadForRun(after, 1).children();
    assertEquals(Set.of("Child:3"), children.keySet());
    assertEquals(ByteString.copyFrom(naming.documents().getLast()), children.get("Child:3"));
    assertEquals(3, bodies().size(), "what only the older revision needed is gone");
  }

  @Test
  void aDamagedChildIsNeverUsedAndFetchedAnew() {
    Samples naming = assignment(1).naming("echo child");
    Holding holding = holding(5, naming, assignment(2));
    Sha256 child = Sha256.of(naming.documents().getLast());
    disk.damage("assignments/bodies/" + child, 20);

    assertEquals(Optional.empty(), holding.loadForRun(association(1)));
    assertEquals(List.of(assignment(2).body()), followed(holding));
    assertEquals(List.of(child), holding.lacking());

    origin.fetchAll(holding);
    assertEquals(List.of(naming.body(), assignment(2).body()), followed(holding));
  }

  @Test
  void removalAndCancellationNeedNoBodies() {
    Holding holding = holding(5, assignment(1), assignment(2));

    holding.want(
        new AssignmentSet(
            new Generation(1, 6),
            List.of(assignment(1).edited("echo new").from(FROM)),
            List.of("x"),
            List.of()));

    assertEquals(List.of(assignment(1).body()), followed(holding));
    assertEquals(List.of("x"), holding.wanted().cancelled());
  }

  @Test
  void whatNothingNeedsIsDeletedAndWhatIsNeededIsNot() {
    Holding holding = holding(5, assignment(1), assignment(2));
    Samples edited = assignment(1).edited("echo new");
    origin.bodiesOf(edited);
    holding.want(origin.set(6, edited));
    assertEquals(4, bodies().size(), "what is held until the new set is whole");

    origin.fetchAll(holding);

    assertEquals(
        Stream.of(edited.body(), Sha256.of(edited.document())).map(Sha256::hex).sorted().toList(),
        bodies());
  }

  @Test
  void aLowerGenerationIsRefusedAndAnEqualOrHigherOneIsTaken() {
    Holding holding = holding(5, assignment(1));

    assertTrue(holding.want(origin.set(4)).isPresent());
    assertEquals(1, holding.lines().size());

    assertEquals(Optional.empty(), holding.want(origin.set(5, assignment(1))));
    assertEquals(Optional.empty(), holding.want(origin.set(6, assignment(1))));
    assertEquals(new Generation(1, 6), holding.generation());
    AssignmentSet restored =
        new AssignmentSet(new Generation(2, 1), List.of(), List.of(), List.of());
    assertEquals(Optional.empty(), holding.want(restored));
    assertEquals(new Generation(2, 1), holding.generation());
  }

  @Test
  void aSetThatIsTooLargeOrNamesAnAssociationTwiceIsRefused() {
    Holding holding = holding(5, assignment(1));
    List<Samples> many = new ArrayList<>();
    for (int i = 0; i <= RunLimits.MAX_ASSIGNMENTS; i++) {
      many.add(assignment(i));
    }

    assertTrue(holding.want(origin.set(6, many.toArray(new Samples[0]))).isPresent());
    assertTrue(holding.want(origin.set(6, assignment(1), assignment(1).edited("x"))).isPresent());
    many.removeLast();
    assertEquals(Optional.empty(), holding.want(origin.set(6, many.toArray(new Samples[0]))));
  }

  @Test
  void aConfirmationRaisesTheGenerationIfTheHashIsThatOfWhatIsHeld() {
    Holding holding = holding(5, assignment(1));

    assertFalse(holding.confirm(new Generation(1, 9), AssignmentSet.NONE.sha256()));
    assertFalse(holding.confirm(new Generation(1, 4), holding.set()));
    assertEquals(new Generation(1, 5), holding.generation());
    assertTrue(holding.confirm(new Generation(1, 9), holding.set()));

    assertEquals(new Generation(1, 9), holding.generation());
    assertEquals(new Generation(1, 9), loaded().generation());
    assertTrue(holding.want(origin.set(8, assignment(1))).isPresent());
  }

  @Test
  void aConfirmationOfWhatIsHeldTakesBackWhatWasWantedInBetween() {
    Holding holding = holding(5, assignment(1), assignment(2));
    Samples half = assignment(2).edited("echo half");
    holding.want(origin.set(6, assignment(1).edited("echo never"), half));
    Origin.deliver(holding, half);
    assertEquals("echo half", scriptOf(holding, 2));

    assertTrue(holding.confirm(new Generation(1, 7), holding.set()));

    assertEquals(List.of(assignment(1).body(), assignment(2).body()), followed(holding));
    assertEquals("echo 2", scriptOf(holding, 2));
    assertTrue(holding.whole());
  }

  @Test
  void bytesThatAreNotWhatWasAskedForAreDropped() {
    Holding holding = loaded();
    holding.want(origin.set(5, assignment(1)));

    assertFalse(holding.arrived(assignment(1).body(), assignment(2).bytes()));
    assertFalse(holding.arrived(assignment(1).body(), new byte[Limits.MAX_BODY_BYTES + 1]));
    assertEquals(List.of(), bodies());
    assertTrue(holding.arrived(assignment(2).body(), assignment(2).bytes()), "nobody asked");
    assertEquals(List.of(), bodies());
  }

  @Test
  void aBodyDamagedOnTheDiskIsNeverUsedAndFetchedAnew() {
    Holding holding = holding(5, assignment(1), assignment(2));
    Sha256 document = Sha256.of(assignment(1).document());
    disk.damage("assignments/bodies/" + document, 20);

    assertEquals(Optional.empty(), holding.loadForRun(association(1)));
    assertEquals(List.of(assignment(2).body()), followed(holding));
    assertEquals(List.of(document), holding.lacking());

    Holding after = loaded();
    assertEquals(List.of(document), after.lacking());
    origin.fetchAll(after);
    assertEquals("echo 1", scriptOf(after, 1));
    assertEquals(new Generation(1, 5), after.generation());
  }

  @Test
  void aBodyDamagedWhileTheAgentWasDownIsFoundAtTheStart() {
    holding(5, assignment(1));
    disk.damage("assignments/bodies/" + assignment(1).body(), 3);

    Holding after = loaded();

    assertEquals(List.of(), after.lines());
    assertEquals(List.of(assignment(1).body()), after.lacking());
  }

  @Test
  void aDamagedSetFileIsLikeNoneSoThatTheSetIsAskedForAnew() {
    holding(5, assignment(1));
    disk.damage("assignments/set", 30);

    Holding after = loaded();

    assertEquals(Generation.NONE, after.generation());
    assertEquals(List.of(), after.lines());
  }

  @Test
  void anAssignmentThatMeansNothingHereIsNotFollowedAndTheOthersAre() {
    List<Samples> bad =
        List.of(
            assignment(1).every("cron(what)"),
            assignment(1).splayed(-1),
            assignment(1).splayed(86_401));
    for (Samples sample : bad) {
      Holding holding = new Holding(INSTANCE, new MemoryDisk());
      holding.load();
      origin.bodiesOf(sample, assignment(2));
      holding.want(origin.set(5, sample, assignment(2)));
      origin.fetchAll(holding);

      assertEquals(List.of(assignment(2).body()), followed(holding));
      assertEquals(List.of(), holding.lacking(), "to fetch it again would not help");
      assertFalse(holding.whole(), "held would be a lie");
    }
  }

  @Test
  void aBodyOfAnotherAssociationIsNotFollowed() {
    Holding holding = loaded();
    origin.bodiesOf(assignment(1));
    holding.want(
        new AssignmentSet(
            new Generation(1, 5),
            List.of(new AssignmentReference(association(2), assignment(1).body(), FROM)),
            List.of(),
            List.of()));
    origin.fetchAll(holding);

    assertEquals(List.of(), holding.lines());
  }

  @Test
  void onlyDocumentsThatReadInventoryAloneTakeNoSlot() {
    Holding holding = holding(5, assignment(1), assignment(2).inventory());

    assertTrue(holding.line(association(1)).orElseThrow().plan().takesSlot());
    assertFalse(holding.line(association(2)).orElseThrow().plan().takesSlot());
  }

  @Test
  void aDocumentOfStatesAloneIsBegunAnewWhateverTheAssociationSaysOfInterruptions() {
    Holding holding = holding(5, assignment(1), assignment(2).state(), assignment(3).inventory());

    assertFalse(holding.line(association(1)).orElseThrow().plan().rerun());
    assertTrue(holding.line(association(2)).orElseThrow().plan().rerun());
    assertTrue(holding.line(association(2)).orElseThrow().plan().takesSlot());
    assertFalse(holding.line(association(3)).orElseThrow().plan().rerun());
  }

  @Test
  void adoptionSurvivesAPowerCutAtEveryWrite() {
    Samples edited = assignment(1).edited("echo new").naming("echo child");
    AssignmentSet before = origin.set(5, assignment(1), assignment(2));
    AssignmentSet after = origin.set(6, edited, assignment(3));
    origin.bodiesOf(assignment(1), assignment(2), edited, assignment(3));
    long writes = run(new MemoryDisk(), before, after);
    List<String> expected = new ArrayList<>();
    MemoryDisk undisturbed = new MemoryDisk();
    run(undisturbed, before, after);
    expected.addAll(undisturbed.paths());

    for (MemoryDisk.CutWhen when : MemoryDisk.CutWhen.values()) {
      for (long cut = 0; cut < writes; cut++) {
        MemoryDisk torn = new MemoryDisk();
        torn.cutPowerAt(cut, when);
        AtomicReference<Generation> told = new AtomicReference<>(Generation.NONE);
        assertThrows(PowerCut.class, () -> adopt(torn, before, after, told));

        torn.powerOn();
        Holding again = new Holding(INSTANCE, torn);
        again.load();
        assertTrue(again.generation().compareTo(told.get()) >= 0, "what was told is on the disk");
        again.lines().forEach(line -> loadForRun(again, line.plan().association()));
        again.want(after);
        origin.fetchAll(again);

        assertEquals(new Generation(1, 6), again.generation());
        assertEquals(List.of(edited.body(), assignment(3).body()), followed(again));
        assertEquals(expected, torn.paths(), "nothing is left over");
      }
    }
  }

  private long run(MemoryDisk on, AssignmentSet before, AssignmentSet after) {
    AtomicReference<Generation> told = new AtomicReference<>(Generation.NONE);
    adopt(on, before, after, told);
    assertEquals(after.generation(), told.get());
    return on.changes();
  }

  /** Adopts two sets, noting which generation would have been told to the coordinator by then. */
  private void adopt(
      MemoryDisk on, AssignmentSet before, AssignmentSet after, AtomicReference<Generation> told) {
    Holding holding = new Holding(INSTANCE, on);
    holding.load();
    for (AssignmentSet set : List.of(before, after)) {
      holding.want(set);
      told.set(holding.generation());
      while (!holding.lacking().isEmpty()) {
        origin.fetchOne(holding);
        told.set(holding.generation());
      }
    }
  }

  private Holding loaded() {
    Holding holding = new Holding(INSTANCE, disk);
    holding.load();
    return holding;
  }

  private Holding holding(long position, Samples... samples) {
    Holding holding = loaded();
    origin.bodiesOf(samples);
    holding.want(origin.set(position, samples));
    origin.fetchAll(holding);
    assertTrue(holding.whole());
    return holding;
  }

  private static List<Sha256> followed(Holding holding) {
    return holding.lines().stream().map(line -> line.plan().assignment()).toList();
  }

  private static Holding.Loaded loadForRun(Holding holding, int number) {
    return loadForRun(holding, association(number));
  }

  private static Holding.Loaded loadForRun(Holding holding, AssociationId association) {
    return holding.loadForRun(association).orElseThrow();
  }

  private static String scriptOf(Holding holding, int number) {
    String inputs =
        DocumentReader.read(loadForRun(holding, number).document().toByteArray())
            .document()
            .orElseThrow()
            .steps()
            .getFirst()
            .inputs()
            .toString();
    return inputs.replaceAll(".*(echo \\w+).*", "$1");
  }

  private List<String> bodies() {
    return disk.list("assignments/bodies");
  }

  @Test
  void anAssignmentThatBreaksItsReaderIsLeftAloneAndTheOthersAreFollowed() {
    for (Throwable thrown :
        List.of(
            new StackOverflowError(),
            new OutOfMemoryError("of one"),
            new IllegalStateException("x"))) {
      Holding holding =
          new Holding(
              INSTANCE,
              new MemoryDisk(),
              bytes -> {
                if (Sha256.of(bytes).equals(assignment(1).edited("poison").body())) {
                  throwIt(thrown);
                }
                return Revision.read(bytes);
              });
      holding.load();
      holding.want(origin.set(5, assignment(1)));
      origin.fetchAll(holding);
      holding.want(origin.set(6, assignment(1).edited("poison"), assignment(2)));
      origin.fetchAll(holding);

      assertEquals(
          List.of(assignment(1).body(), assignment(2).body()),
          holding.lines().stream().map(line -> line.plan().assignment()).toList());
      assertEquals(Set.of(association(1)), holding.unreadable().keySet());
      assertTrue(holding.unreadable().toString().contains("to read it breaks the agent: java"));

      holding.want(origin.set(7, assignment(1).edited("well"), assignment(2)));
      origin.fetchAll(holding);
      assertEquals(Map.of(), holding.unreadable());
      assertTrue(holding.whole());
    }
  }

  private static void throwIt(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) thrown;
  }
}
