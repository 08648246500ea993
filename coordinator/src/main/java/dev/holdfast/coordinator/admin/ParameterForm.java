package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.store.Parameters.Parameter;
import dev.holdfast.coordinator.store.Parameters.Sealed;
import dev.holdfast.document.SecretReferences;
import dev.holdfast.document.Substitution;
import dev.holdfast.document.Value;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.ParameterHistory;
import dev.holdfast.wire.v1.ParameterMetadata;
import dev.holdfast.wire.v1.ParameterType;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.Warning;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What stored parameters look like: in requests, in answers, and where they are referred to. */
public final class ParameterForm {
  /** A text. */
  public static final String STRING = "String";

  /** Items with commas between. */
  public static final String STRING_LIST = "StringList";

  /** A secret. */
  public static final String SECURE_STRING = "SecureString";

  /** Characters of a description. */
  static final int MAX_DESCRIPTION = 1_024;

  private static final Pattern NAME = Pattern.compile("(/?[A-Za-z0-9_.-]+)(?:/[A-Za-z0-9_.-]++)*+");
  private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,8}");
  private static final int MAX_NAME = 512;

  private ParameterForm() {}

  /** A parameter, and perhaps a version of it. */
  public record Named(String name, Optional<Integer> version) {}

  /** What {@code NAME} or {@code NAME:VERSION} means; empty if it has neither form. */
  public static Optional<Named> parse(String reference) {
    int colon = reference.indexOf(':');
    if (colon < 0) {
      return Optional.of(new Named(reference, Optional.empty()));
    }
    String version = reference.substring(colon + 1);
    return VERSION.matcher(version).matches()
        ? Optional.of(
            new Named(reference.substring(0, colon), Optional.of(Integer.parseInt(version))))
        : Optional.empty();
  }

  /** The value of a String or StringList as documents see it. */
  public static Value value(Parameter parameter) {
    return parameter.type().equals(STRING_LIST)
        ? new Value.Items(
            Arrays.stream(parameter.value().split(",", -1)).<Value>map(Value.Text::new).toList())
        : new Value.Text(parameter.value());
  }

  /**
   * Refuses a request that is wrong in itself.
   *
   * @param type that the parameter has or would have
   */
  static void check(PutParameterRequest request, String type) {
    String name = request.getName();
    if (name.chars().filter(c -> c == '/').count() > Limits.MAX_STORED_LEVELS) {
      throw new Refusal(
          "HierarchyLevelLimitExceeded",
          "the name has more than " + Limits.MAX_STORED_LEVELS + " levels; no more are allowed");
    }
    Findings findings = new Findings();
    boolean slashes = name.contains("/");
    if (name.length() > MAX_NAME
        || !NAME.matcher(name).matches()
        || (slashes && !name.startsWith("/"))) {
      findings.add(
          "name",
          "'"
              + Findings.printable(name)
              + "'; allowed are 1 to "
              + MAX_NAME
              + " letters, digits, dots, underscores and dashes, or several such with a slash"
              + " before each");
    }
    String first = name.toLowerCase(Locale.ROOT).replaceFirst("^/", "");
    if (first.startsWith("aws") || first.startsWith("ssm")) {
      findings.add("name", "begins with aws or ssm, as no name of your own can");
    }
    value(request.getValue(), type, findings);
    findings.text("description", request.getDescription(), MAX_DESCRIPTION);
    findings.refuse("ValidationError");
  }

  /** Finds what is wrong with a value, without telling anything of it. */
  private static void value(String value, String type, Findings findings) {
    if (value.isEmpty() || value.length() > Limits.MAX_STORED_CHARS) {
      findings.add(
          "value",
          "has "
              + value.length()
              + " characters; 1 to "
              + Limits.MAX_STORED_CHARS
              + " are allowed");
    }
    if (value
        .codePoints()
        .anyMatch(c -> Character.isISOControl(c) && c != '\t' && c != '\n' && c != '\r')) {
      findings.add("value", "has a control character; allowed are tabs and ends of lines");
    }
    if (type.equals(SECURE_STRING)) {
      return; // nobody looks into it
    }
    Value text = new Value.Text(value);
    if (!Substitution.references(text).isEmpty() || !SecretReferences.names(text).isEmpty()) {
      findings.add("value", "refers to another parameter; values are used as they are");
    }
    if (type.equals(STRING_LIST) && Arrays.stream(value.split(",", -1)).anyMatch(String::isBlank)) {
      findings.add("value", "has an item that is blank; items are separated by single commas");
    }
  }

  /** What is worth knowing of a value all the same. */
  static List<Warning> warnings(PutParameterRequest request, String type) {
    int bytes = request.getValue().strip().getBytes(StandardCharsets.UTF_8).length;
    return type.equals(SECURE_STRING) && bytes < Limits.SHORTEST_MASKED
        ? List.of(
            Warning.newBuilder()
                .setCode("SecretTooShortToMask")
                .setField("value")
                .setMessage(
                    "a value of fewer than "
                        + Limits.SHORTEST_MASKED
                        + " bytes is not masked where a script prints it")
                .build())
        : List.of();
  }

  /** The type's name in the store; empty if none is asked for. */
  static Optional<String> type(ParameterType type) {
    return switch (type) {
      case PARAMETER_TYPE_UNSPECIFIED -> Optional.empty();
      case PARAMETER_TYPE_STRING -> Optional.of(STRING);
      case PARAMETER_TYPE_STRING_LIST -> Optional.of(STRING_LIST);
      case PARAMETER_TYPE_SECURE_STRING -> Optional.of(SECURE_STRING);
      case UNRECOGNIZED ->
          throw new Refusal(
              "UnsupportedParameterType",
              "the type is not known; allowed are PARAMETER_TYPE_STRING,"
                  + " PARAMETER_TYPE_STRING_LIST and PARAMETER_TYPE_SECURE_STRING",
              List.of(new Refusal.Finding("type", "is not known")));
    };
  }

  private static ParameterType type(Parameter row) {
    return switch (row.type()) {
      case STRING_LIST -> ParameterType.PARAMETER_TYPE_STRING_LIST;
      case SECURE_STRING -> ParameterType.PARAMETER_TYPE_SECURE_STRING;
      default -> ParameterType.PARAMETER_TYPE_STRING;
    };
  }

  static dev.holdfast.wire.v1.Parameter toProto(Parameter row, String value) {
    return dev.holdfast.wire.v1.Parameter.newBuilder()
        .setName(row.name())
        .setType(type(row))
        .setValue(value)
        .setVersion(row.version())
        .setLastModifiedDate(Times.toProto(row.modified()))
        .build();
  }

  static ParameterMetadata metadata(Parameter row) {
    return ParameterMetadata.newBuilder()
        .setName(row.name())
        .setType(type(row))
        .setDescription(row.description())
        .setVersion(row.version())
        .setLastModifiedDate(Times.toProto(row.modified()))
        .setLastModifiedUser(row.author())
        .setKeyId(row.secret().map(Sealed::keyId).orElse(""))
        .build();
  }

  static ParameterHistory history(Parameter row, String value) {
    return ParameterHistory.newBuilder()
        .setName(row.name())
        .setType(type(row))
        .setValue(value)
        .setDescription(row.description())
        .setVersion(row.version())
        .setLastModifiedDate(Times.toProto(row.modified()))
        .setLastModifiedUser(row.author())
        .setKeyId(row.secret().map(Sealed::keyId).orElse(""))
        .build();
  }
}
