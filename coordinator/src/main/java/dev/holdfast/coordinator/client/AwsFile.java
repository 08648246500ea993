package dev.holdfast.coordinator.client;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a file of AWS's JSON asks for: the answer of {@code aws ssm describe-association} or {@code
 * get-document}, the input of {@code aws ssm create-association}, or the same fields as Terraform
 * and CloudFormation write them. Pure: whether it can be is the coordinator's to say.
 *
 * @param asked what is to be created; empty if that can't be told
 * @param dropped what has no meaning here, a line each
 * @param refused what keeps it from being imported, a line each
 */
record AwsFile(Optional<Asked> asked, List<String> dropped, List<String> refused) {
  /** Something to create. */
  sealed interface Asked {
    /** A document. */
    record ADocument(CreateDocumentRequest request) implements Asked {}

    /** An association. */
    record AnAssociation(Association association) implements Asked {}
  }

  /** Copies. */
  AwsFile {
    dropped = List.copyOf(dropped);
    refused = List.copyOf(refused);
  }

  /** Reads what a file says. */
  static AwsFile read(String text) {
    JsonElement json;
    try {
      json = JsonParser.parseString(text);
    } catch (JsonParseException e) {
      return unusable("it is no JSON: " + firstLine(e));
    }
    if (!json.isJsonObject()) {
      return unusable("it is no JSON object, as the AWS CLI prints and takes one");
    }
    JsonObject object = unwrapped(json.getAsJsonObject());
    Map<String, AwsField> fields = new TreeMap<>();
    List<String> twice = new ArrayList<>();
    for (var entry : object.entrySet()) {
      AwsField field = new AwsField(entry.getKey(), entry.getValue());
      if (fields.put(plain(entry.getKey()), field) != null) {
        twice.add(entry.getKey() + ": is there twice, in two spellings");
      }
    }
    if (!twice.isEmpty()) {
      return new AwsFile(Optional.empty(), List.of(), twice);
    }
    return fields.containsKey("content") ? AwsDocument.read(fields) : AwsAssociation.read(fields);
  }

  /**
   * One name whether it is written ScheduleExpression, scheduleExpression or schedule_expression.
   */
  static String plain(String key) {
    return key.replace("_", "").toLowerCase(Locale.ROOT);
  }

  private static JsonObject unwrapped(JsonObject object) {
    for (String key : List.of("AssociationDescription", "Properties")) {
      if (object.get(key) instanceof JsonObject inner) {
        return inner;
      }
    }
    return object;
  }

  private static AwsFile unusable(String why) {
    return new AwsFile(Optional.empty(), List.of(), List.of(why));
  }

  private static String firstLine(JsonParseException failure) {
    String message = String.valueOf(failure.getMessage());
    int end = message.indexOf('\n');
    return (end < 0 ? message : message.substring(0, end)).replaceAll("\\p{C}", "?");
  }
}
