package dev.holdfast.coordinator.association;

import dev.holdfast.assignment.ChildDocument;
import dev.holdfast.coordinator.admin.DocumentForm;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.document.ChildReferences;
import dev.holdfast.document.ChildReferences.Reference;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.Value;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the documents that an association's document names outright, and those that these name,
 * down to {@link RunLimits#MAX_CHILD_DEPTH}. A document that is only downloaded may be run by its
 * path all the same: what it names is brought along where that is possible, and is no reason to
 * refuse anything where it is not.
 */
final class Children {
  private static final String WRONG = "InvalidDocumentContent";

  private final Read read;
  private final Map<String, ChildDocument> found = new TreeMap<>();
  private final Set<String> names = new TreeSet<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> open = new ArrayList<>();
  private final Map<Sha256, Optional<Document>> documents = new HashMap<>();
  private final Map<Sha256, Integer> sizes = new HashMap<>();
  private final Set<Visit> visited = new HashSet<>();
  private final Deque<Documents.Version> path = new ArrayDeque<>();
  private int places;
  private int downloaded;

  private Children(Read read) {
    this.read = read;
  }

  /**
   * What came of it.
   *
   * @param documents each reference once; complete only if there is no problem
   * @param names of all documents that are referred to, whether they exist or not
   * @param problems why it can't be resolved
   * @param open what is unknown before a run, in words; a run of such a step fails
   */
  record Found(
      List<ChildDocument> documents, Set<String> names, List<Problem> problems, List<String> open) {
    /** Copies. */
    Found {
      documents = List.copyOf(documents);
      names = Set.copyOf(names);
      problems = List.copyOf(problems);
      open = List.copyOf(open);
    }
  }

  /**
   * Why a document can't be resolved.
   *
   * @param reason SSM's name of the error
   */
  record Problem(String reason, String message) {}

  /** A document with the same values at the same depth names the same others again. */
  private record Visit(Sha256 document, Map<String, Value> values, int depth, boolean downloaded) {}

  /**
   * Looks for them.
   *
   * @param given for the parameters of the document; what is wrong with them is not told here
   */
  static Found of(Read read, Documents.Version version, Map<String, Value> given) {
    Children children = new Children(read);
    children.descend(version, given);
    return new Found(
        List.copyOf(children.found.values()), children.names, children.problems, children.open);
  }

  private void descend(Documents.Version version, Map<String, Value> given) {
    Optional<Document> document = document(version);
    if (document.isEmpty()
        || !visited.add(new Visit(version.sha256(), given, path.size(), downloaded > 0))) {
      return;
    }
    path.push(version);
    Map<String, Value> values = ParameterRules.check(document.get(), given).values();
    for (Reference reference : ChildReferences.of(document.get(), values)) {
      if (++places > RunLimits.MAX_CHILD_STEPS) {
        limit(
            "more than "
                + RunLimits.MAX_CHILD_STEPS
                + " steps of the documents name other documents; no more are allowed");
        break;
      }
      follow(version, reference);
    }
    path.pop();
  }

  private void follow(Documents.Version from, Reference reference) {
    String place = place(from, reference);
    if (reference.open()) {
      open.add(place + ": that has no value before the run, which will fail there");
      return;
    }
    Optional<ChildReferences.Named> named = reference.named();
    if (named.isEmpty()) {
      problem("InvalidDocument", place + ": that is no name of a document");
      return;
    }
    names.add(named.get().name());
    Optional<Documents.Name> document = Documents.find(read, named.get().name());
    if (document.isEmpty()) {
      problem("InvalidDocument", place + ": there is no such document");
      return;
    }
    Optional<Documents.Version> version =
        DocumentForm.select(read, document.get(), named.get().selector());
    if (version.isEmpty()) {
      problem("InvalidDocumentVersion", place + ": the document has no such version");
      return;
    }
    if (add(reference, version.get())) {
      run(place, version.get(), reference);
    }
  }

  private boolean add(Reference reference, Documents.Version version) {
    found.put(
        reference.text(),
        new ChildDocument(reference.text(), version.name(), version.version(), version.sha256()));
    document(version);
    boolean tooMany = found.size() > RunLimits.MAX_CHILD_DOCUMENTS;
    boolean tooLarge = bytes() > RunLimits.MAX_CHILD_DOCUMENTS_BYTES;
    if (tooMany) {
      limit(
          "the documents name more than "
              + RunLimits.MAX_CHILD_DOCUMENTS
              + " other documents; no more are allowed");
    }
    if (tooLarge) {
      limit(
          "the documents that are named have more than "
              + RunLimits.MAX_CHILD_DOCUMENTS_BYTES
              + " bytes together; no more are allowed");
    }
    return !tooMany && !tooLarge;
  }

  private void run(String place, Documents.Version version, Reference reference) {
    boolean circle = path.stream().anyMatch(above -> above.sha256().equals(version.sha256()));
    boolean tooDeep = path.size() > RunLimits.MAX_CHILD_DEPTH;
    if (!reference.runs()) {
      if (!circle && !tooDeep) {
        downloaded++;
        descend(version, Map.of());
        downloaded--;
      }
    } else if (circle) {
      problem(WRONG, place + ": the documents would run each other in a circle");
    } else if (tooDeep) {
      problem(
          WRONG,
          place
              + ": documents within each other run at most "
              + RunLimits.MAX_CHILD_DEPTH
              + " deep, and this would be one more");
    } else {
      descend(version, reference.parameters());
    }
  }

  /** A limit holds for what is only downloaded, too. */
  private void limit(String message) {
    add(new Problem(WRONG, message));
  }

  private void add(Problem problem) {
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  private void problem(String reason, String message) {
    if (downloaded > 0) {
      open.add(message);
      return;
    }
    add(new Problem(reason, message));
  }

  private int bytes() {
    Set<Sha256> counted = new HashSet<>();
    found.values().forEach(child -> counted.add(child.sha256()));
    return counted.stream().mapToInt(hash -> sizes.getOrDefault(hash, 0)).sum();
  }

  /** A document as it is stored, read; empty if this version can't read it any more. */
  private Optional<Document> document(Documents.Version version) {
    return documents.computeIfAbsent(
        version.sha256(),
        hash -> {
          byte[] bytes =
              Bodies.find(read, hash)
                  .orElseThrow(() -> new StoreException("the bytes of " + hash + " are missing"));
          sizes.put(hash, bytes.length);
          return DocumentReader.read(bytes).document();
        });
  }

  private static String place(Documents.Version from, Reference reference) {
    return "the step '"
        + Findings.printable(reference.step())
        + "' of the document '"
        + from.name()
        + "' (version "
        + from.version()
        + ", line "
        + reference.line()
        + ") "
        + (reference.runs() ? "runs" : "downloads")
        + " the document '"
        + Findings.printable(reference.text())
        + "'";
  }
}
