package dev.holdfast.agent.assignment;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.schedule.Plan;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.CalendarReference;
import dev.holdfast.assignment.ChildDocument;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The assignment set on this host's disk. Each association follows the newest line that came for it
 * whose bodies are all here and readable; until they are, it stays on what it followed before, and
 * the others go ahead. When all lines of the wanted set are followed, the set is <em>held</em>: its
 * generation and hash are what the coordinator is told. Removal and cancellation need no bodies and
 * hold at once.
 *
 * <p>The order on the disk: bodies, then the set that needs them, then the removal of bodies that
 * nothing needs. So a crash anywhere leaves a state that this class can start from.
 */
public final class Holding {
  private static final Logger LOG = LoggerFactory.getLogger("assignments");

  private final InstanceId instance;
  private final SetFile file;
  private final Bodies bodies;
  private final Function<byte[], Revision> reader;
  private final Map<Sha256, Revision> revisions = new HashMap<>();
  private final Map<Sha256, Steps> documents = new HashMap<>();
  private final Calendars calendars;
  private final Map<AssociationId, AssignmentReference> inEffect = new TreeMap<>();
  private AssignmentSet held = AssignmentSet.NONE;
  private Sha256 heldHash = held.sha256();
  private Optional<List<Line>> lines = Optional.empty();
  private AssignmentSet wanted = AssignmentSet.NONE;

  /** On a disk; {@link #load} comes first. */
  public Holding(InstanceId instance, Disk disk) {
    this(instance, disk, Revision::read);
  }

  /** With another way to read the bytes of an assignment. */
  Holding(InstanceId instance, Disk disk, Function<byte[], Revision> reader) {
    this.instance = instance;
    this.reader = reader;
    this.file = new SetFile(disk);
    this.bodies = new Bodies(disk);
    this.calendars = new Calendars(bodies);
  }

  /**
   * An assignment that is in effect.
   *
   * @param assignment without its parameters
   * @param plan what the agenda needs of it
   */
  public record Line(Assignment assignment, Plan plan) {}

  /**
   * What a run needs, read from the disk and checked just now.
   *
   * @param assignment with its parameters
   * @param document its stored bytes; they may have errors for this version of the agent
   * @param children the stored bytes of the documents that it names, by reference
   */
  public record Loaded(
      Assignment assignment, ByteString document, Map<String, ByteString> children) {
    /** Copies the map. */
    public Loaded {
      children = Map.copyOf(children);
    }
  }

  /** Takes up what the disk holds. */
  public void load() {
    Optional<SetFile.Content> content = file.read();
    if (content.isEmpty()) {
      LOG.error("the assignment set on the disk is damaged; it will be asked for anew");
    }
    SetFile.Content found = content.orElse(SetFile.Content.NONE);
    hold(found.held());
    wanted = found.wanted();
    found.inEffect().assignments().forEach(line -> inEffect.put(line.association(), line));
    bodies.load();
    settle();
  }

  /** Takes the newest wanted set, of which no body came with it. */
  public Optional<String> want(AssignmentSet set) {
    return want(set, List.of());
  }

  /**
   * Takes the newest wanted set. A lower generation than one that came before is refused, and so is
   * a set that is too large.
   *
   * @param beside bodies that came with it, a document behind the assignment that names it
   * @return why it was refused; empty if it was taken
   */
  public Optional<String> want(AssignmentSet set, List<byte[]> beside) {
    if (set.generation().compareTo(wanted.generation()) < 0) {
      return Optional.of(
          "generation " + set.generation() + " is lower than " + wanted.generation() + ", held");
    }
    if (set.assignments().size() > RunLimits.MAX_ASSIGNMENTS) {
      return Optional.of(
          set.assignments().size()
              + " assignments; an instance has at most "
              + RunLimits.MAX_ASSIGNMENTS);
    }
    long associations =
        set.assignments().stream().map(AssignmentReference::association).distinct().count();
    if (associations < set.assignments().size()) {
      return Optional.of("it names an association twice");
    }
    if (file.bytes(set) > SetFile.MAX_SET_BYTES) {
      return Optional.of("it is larger than " + SetFile.MAX_SET_BYTES + " bytes");
    }
    wanted = set;
    beside.forEach(bytes -> stored(Sha256.of(bytes), bytes));
    settle();
    return Optional.empty();
  }

  /**
   * What is held is what is wanted, up to this generation. A set that was wanted in between is
   * dropped.
   *
   * @return whether the hash is that of what is held and the generation is no lower
   */
  public boolean confirm(Generation generation, Sha256 set) {
    if (!set.equals(heldHash) || generation.compareTo(wanted.generation()) < 0) {
      return false;
    }
    if (!wanted.sha256().equals(set)) {
      wanted = held;
    }
    wanted = wanted.at(generation);
    settle();
    return true;
  }

  /**
   * Takes the bytes of a body that is lacking.
   *
   * @return whether they are what was asked for; if not, they are dropped
   */
  public boolean arrived(Sha256 body, byte[] bytes) {
    boolean right = bytes.length <= Limits.MAX_BODY_BYTES && Sha256.of(bytes).equals(body);
    if (right && stored(body, bytes)) {
      settle();
    }
    return right;
  }

  private boolean stored(Sha256 body, byte[] bytes) {
    boolean lacks = lacking().contains(body);
    if (lacks) {
      bodies.store(body, bytes);
    }
    return lacks;
  }

  /** Generation of the set that is held whole. */
  public Generation generation() {
    return held.generation();
  }

  /** Hash of the set that is held whole. */
  public Sha256 set() {
    return heldHash;
  }

  /** The newest set that came; the source of cancellations and pending triggers. */
  public AssignmentSet wanted() {
    return wanted;
  }

  /** Whether the newest set that came is held whole. */
  public boolean whole() {
    return held.equals(wanted);
  }

  /** Writes again what could not be written for want of room. */
  public void save() {
    settle();
  }

  /** What is followed, by association. */
  public List<Line> lines() {
    List<Line> known = lines.orElseGet(() -> inEffect.values().stream().map(this::line).toList());
    lines = Optional.of(known);
    return known;
  }

  /** What is followed for one association. */
  public Optional<Line> line(AssociationId association) {
    return Optional.ofNullable(inEffect.get(association)).map(this::line);
  }

  /** Bodies to ask for. Documents are known only once their assignments are here. */
  public List<Sha256> lacking() {
    Set<Sha256> lacking = new LinkedHashSet<>();
    for (AssignmentReference reference : wanted.assignments()) {
      for (Sha256 body : needs(reference)) {
        if (!bodies.has(body)) {
          lacking.add(body);
        }
      }
    }
    return List.copyOf(lacking);
  }

  /**
   * Reads what a run of an association needs. Empty if it is not followed, or its bodies turn out
   * to be damaged: it is followed again when they have been fetched anew.
   */
  public Optional<Loaded> loadForRun(AssociationId association) {
    AssignmentReference reference = inEffect.get(association);
    if (reference == null) {
      return Optional.empty();
    }
    Optional<Loaded> loaded =
        bodies.read(reference.body()).map(AssignmentCodec::fromBytes).flatMap(this::loaded);
    if (loaded.isEmpty()) {
      LOG.error(
          "a body on the disk is damaged and will be fetched anew association={}", association);
      settle();
    }
    return loaded;
  }

  private Optional<Loaded> loaded(Assignment assignment) {
    Map<String, ByteString> children = new HashMap<>();
    for (ChildDocument child : assignment.children()) {
      Optional<byte[]> bytes = bodies.read(child.sha256());
      if (bytes.isEmpty()) {
        return Optional.empty();
      }
      children.put(child.reference(), ByteString.copyFrom(bytes.get()));
    }
    return bodies
        .read(assignment.document())
        .map(document -> new Loaded(assignment, ByteString.copyFrom(document), children));
  }

  private Line line(AssignmentReference reference) {
    if (!(revision(reference) instanceof Revision.Understood readable)) {
      throw new IllegalStateException("in effect and unreadable: " + reference);
    }
    Steps steps =
        documents.computeIfAbsent(
            readable.assignment().document(), document -> Steps.read(document, bodies));
    return new Line(
        readable.assignment(),
        readable.plan(instance, reference, steps, calendars(readable.assignment())));
  }

  private void hold(AssignmentSet set) {
    held = set;
    heldHash = set.sha256();
  }

  /** Follows what can be followed, keeps that on the disk, and drops what nothing needs. */
  private void settle() {
    lines = Optional.empty();
    Map<AssociationId, AssignmentReference> next = new TreeMap<>();
    boolean whole = true;
    for (AssignmentReference reference : wanted.assignments()) {
      AssignmentReference before = inEffect.get(reference.association());
      if (complete(reference)) {
        next.put(reference.association(), reference);
      } else {
        whole = false;
        if (before != null && complete(before)) {
          next.put(reference.association(), before);
        }
      }
    }
    inEffect.clear();
    inEffect.putAll(next);
    if (whole && !held.equals(wanted)) {
      hold(wanted);
    }
    file.write(
        new SetFile.Content(
            held,
            wanted,
            whole
                ? wanted
                : new AssignmentSet(
                    wanted.generation(), List.copyOf(next.values()), List.of(), List.of())));
    dropUnneeded(whole);
  }

  private boolean complete(AssignmentReference reference) {
    return revision(reference) instanceof Revision.Understood(Assignment assignment, var _)
        && bodies.has(reference.body())
        && assignment.bodies().stream().allMatch(bodies::has)
        && calendars(assignment).size() == assignment.window().calendars().size();
  }

  /** The calendars of an assignment that are here and can be read. */
  private List<Plan.Calendar> calendars(Assignment assignment) {
    List<Plan.Calendar> found = new ArrayList<>();
    for (CalendarReference reference : assignment.window().calendars()) {
      calendars
          .find(reference)
          .ifPresent(rules -> found.add(new Plan.Calendar(reference.name(), rules)));
    }
    return found;
  }

  private Revision revision(AssignmentReference reference) {
    Revision known = revisions.get(reference.body());
    if (known != null) {
      return known;
    }
    Optional<byte[]> bytes = bodies.read(reference.body());
    if (bytes.isEmpty()) {
      return new Revision.Unreadable("not here yet");
    }
    Revision read = read(bytes.get());
    if (read instanceof Revision.Understood(Assignment assignment, var _)
        && !assignment.association().equals(reference.association())) {
      read = new Revision.Unreadable("it is an assignment of " + assignment.association());
    }
    if (read instanceof Revision.Unreadable(String reason)) {
      LOG.error(
          "an assignment cannot be followed association={} sha256={} reason={}",
          reference.association(),
          reference.body(),
          reason);
    }
    revisions.put(reference.body(), read);
    return read;
  }

  private Revision read(byte[] bytes) {
    try {
      return reader.apply(bytes);
    } catch (RuntimeException | Error e) {
      // Reading touches nothing but memory, so what it broke ends with it; the rest goes on.
      return new Revision.Unreadable("to read it breaks the agent: " + e);
    }
  }

  /** Wanted assignments that are here and can't be followed, with the reason. */
  public Map<AssociationId, String> unreadable() {
    Map<AssociationId, String> unreadable = new TreeMap<>();
    for (AssignmentReference reference : wanted.assignments()) {
      if (revisions.get(reference.body()) instanceof Revision.Unreadable(String reason)) {
        unreadable.put(reference.association(), reason);
      }
    }
    return unreadable;
  }

  private Set<Sha256> needs(AssignmentReference reference) {
    Set<Sha256> needs = new LinkedHashSet<>();
    needs.add(reference.body());
    if (revision(reference) instanceof Revision.Understood(Assignment assignment, var _)) {
      needs.addAll(assignment.bodies());
    }
    return needs;
  }

  private void dropUnneeded(boolean whole) {
    Set<Sha256> needed = new HashSet<>();
    wanted.assignments().forEach(reference -> needed.addAll(needs(reference)));
    if (!whole) { // else all three say the same
      held.assignments().forEach(reference -> needed.addAll(needs(reference)));
      inEffect.values().forEach(reference -> needed.addAll(needs(reference)));
    }
    bodies.keepOnly(needed);
    revisions.keySet().retainAll(needed);
    documents.keySet().retainAll(needed);
    calendars.keepOnly(needed);
  }
}
