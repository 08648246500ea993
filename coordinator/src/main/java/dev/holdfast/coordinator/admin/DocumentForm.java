package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Problem;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.DocumentDescription;
import dev.holdfast.wire.v1.DocumentFormat;
import dev.holdfast.wire.v1.DocumentParameter;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.DocumentVersion;
import dev.holdfast.wire.v1.Warning;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Documents as callers see them, and versions as callers name them. */
public final class DocumentForm {
  /** The version that is taken where none is named. */
  public static final String DEFAULT = "$DEFAULT";

  /** The newest version. */
  public static final String LATEST = "$LATEST";

  /** Owner of what people make. */
  static final String SELF = "Self";

  private DocumentForm() {}

  /** The document with a name, or a refusal. */
  public static Documents.Name required(Read read, String name) {
    return Documents.find(read, name)
        .orElseThrow(
            () ->
                new Refusal(
                    "InvalidDocument", "there is no document '" + Findings.printable(name) + "'"));
  }

  /** Which version a selector means now; empty if there is no such version. */
  public static Optional<Documents.Version> select(
      Read read, Documents.Name document, String selector) {
    return switch (selector) {
      case "", DEFAULT -> Documents.version(read, document.name(), document.defaultVersion());
      case LATEST -> Documents.version(read, document.name(), document.latestVersion());
      default ->
          isNumber(selector)
              ? Documents.version(read, document.name(), Integer.parseInt(selector))
              : Optional.empty();
    };
  }

  /** Whether a text can select a version at all. */
  public static boolean isSelector(String selector) {
    return selector.isEmpty()
        || selector.equals(DEFAULT)
        || selector.equals(LATEST)
        || isNumber(selector);
  }

  private static boolean isNumber(String selector) {
    return selector.matches("[1-9]\\d{0,8}");
  }

  /** The version that a selector, a name, or both of them mean; or a refusal. */
  static Documents.Version version(
      Read read, Documents.Name document, String selector, String versionName) {
    if (!versionName.isEmpty()) {
      Documents.Version named =
          Documents.versionNamed(read, document.name(), versionName)
              .orElseThrow(() -> noVersion(document.name(), versionName));
      if (!selector.isEmpty() && select(read, document, selector).filter(named::equals).isEmpty()) {
        throw new Refusal(
            "InvalidDocumentVersion",
            "the version called '"
                + Findings.printable(versionName)
                + "' is "
                + named.version()
                + ", not '"
                + Findings.printable(selector)
                + "'; give one of the two");
      }
      return named;
    }
    return select(read, document, selector).orElseThrow(() -> noVersion(document.name(), selector));
  }

  /** There is no such version. */
  static Refusal noVersion(String name, String version) {
    return new Refusal(
        "InvalidDocumentVersion",
        "the document '" + name + "' has no version '" + Findings.printable(version) + "'");
  }

  /** A version as lists have it. */
  static DocumentVersion listed(Documents.Name document, Documents.Version row) {
    return DocumentVersion.newBuilder()
        .setName(row.name())
        .setDocumentVersion(row.version())
        .setVersionName(row.versionName())
        .setCreatedDate(Times.toProto(row.created()))
        .setIsDefaultVersion(row.version() == document.defaultVersion())
        .setDocumentFormat(DocumentFormat.valueOf("DOCUMENT_FORMAT_" + row.format()))
        .setStatus("Active")
        .setHash(row.sha256().hex())
        .setDisplayName(row.displayName())
        .build();
  }

  /**
   * What filters see of a document. What came with the coordinator is found as AWS's, too: scripts
   * ask for {@code Owner} {@code Amazon}.
   */
  static Collection<String> filtered(
      String key, Documents.Name row, DocumentDescription description) {
    return switch (key) {
      case "Name" -> List.of(row.name());
      case "Owner" ->
          row.owner().equals(SELF) ? List.of(SELF, "All") : List.of(row.owner(), "Amazon", "All");
      case "DocumentType" ->
          List.of(row.type().equals("COMMAND") ? "Command" : "Policy", row.type());
      case "PlatformTypes" -> description.getPlatformTypesList();
      default -> Filters.tagValues(key, row.tags());
    };
  }

  /** Reads a document that somebody sent, or refuses it with every finding. */
  static DocumentReading read(String content, DocumentFormat format) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    DocumentReading reading =
        switch (format) {
          case DOCUMENT_FORMAT_JSON -> DocumentReader.read(bytes, DocumentReading.Format.JSON);
          case DOCUMENT_FORMAT_YAML -> DocumentReader.read(bytes, DocumentReading.Format.YAML);
          case DOCUMENT_FORMAT_UNSPECIFIED -> DocumentReader.read(bytes);
          case DOCUMENT_FORMAT_TEXT, UNRECOGNIZED ->
              throw new Refusal(
                  "InvalidDocumentContent",
                  "a Command document is JSON or YAML",
                  List.of(new Refusal.Finding("document_format", "allowed are JSON and YAML")));
        };
    if (reading.document().isEmpty()) {
      List<Refusal.Finding> findings =
          reading.errors().stream()
              .map(error -> new Refusal.Finding("content", error.text()))
              .toList();
      boolean tooLarge =
          reading.errors().stream().anyMatch(e -> e.message().startsWith("the text has "));
      throw new Refusal(
          tooLarge ? "MaxDocumentSizeExceeded" : "InvalidDocumentContent",
          reading.errors().getFirst().text()
              + (reading.errors().size() > 1
                  ? " (and " + (reading.errors().size() - 1) + " more)"
                  : ""),
          findings);
    }
    return reading;
  }

  static List<Warning> warnings(DocumentReading reading) {
    List<Warning> warnings = new ArrayList<>();
    for (Problem warning : reading.warnings()) {
      warnings.add(
          Warning.newBuilder()
              .setCode("DocumentWarning")
              .setMessage(warning.text())
              .setField("content")
              .build());
    }
    return warnings;
  }

  static DocumentDescription describe(
      Read read, Documents.Name document, Documents.Version version) {
    DocumentDescription.Builder description =
        DocumentDescription.newBuilder()
            .setName(document.name())
            .setDocumentVersion(version.version())
            .setLatestVersion(document.latestVersion())
            .setDefaultVersion(document.defaultVersion())
            .setSchemaVersion(version.schemaVersion())
            .setHash(version.sha256().hex())
            .setHashType("Sha256")
            .setStatus("Active")
            .setCreatedDate(Times.toProto(version.created()))
            .setOwner(document.owner())
            .setDocumentFormat(DocumentFormat.valueOf("DOCUMENT_FORMAT_" + version.format()))
            .setDocumentType(DocumentType.valueOf("DOCUMENT_TYPE_" + document.type()))
            .setVersionName(version.versionName())
            .setDisplayName(version.displayName())
            .putAllTags(document.tags());
    Bodies.find(read, version.sha256())
        .flatMap(bytes -> DocumentReader.read(bytes).document())
        .ifPresent(parsed -> content(parsed, description));
    return description.build();
  }

  private static void content(Document parsed, DocumentDescription.Builder description) {
    description.setDescription(parsed.description());
    description.addAllPlatformTypes(platforms(parsed));
    parsed
        .parameters()
        .values()
        .forEach(
            parameter ->
                description.addParameters(
                    DocumentParameter.newBuilder()
                        .setName(parameter.name())
                        .setType(parameter.type().text())
                        .setDescription(parameter.description())
                        .setDefaultValue(
                            parameter.defaultValue().map(JsonText::inText).orElse(""))));
  }

  private static Set<String> platforms(Document parsed) {
    Set<String> platforms = new TreeSet<>();
    parsed
        .steps()
        .forEach(step -> platforms.addAll(Plugins.platforms(step.action()).orElse(Set.of())));
    return platforms;
  }
}
