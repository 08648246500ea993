package dev.holdfast.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.agent.EnrollRequest;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AuditEvent;
import dev.holdfast.wire.v1.ComplianceEvidence;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.CreateTokenRequest;
import dev.holdfast.wire.v1.DocumentDescription;
import dev.holdfast.wire.v1.Event;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.InstanceInformation;
import dev.holdfast.wire.v1.InventoryItem;
import dev.holdfast.wire.v1.Parameter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What the first release said on the wire, kept in {@code first} among the resources: samples of
 * each message of the link as it wrote them, each with what was told in it, and the contract of
 * both APIs, a line for each field, enum value and call. They are written once and never again:
 * what peers of other versions hold does not change either.
 */
final class FirstRelease {
  /** The files that agents and coordinators speak by. */
  static final List<FileDescriptor> LINK =
      files(Hello.getDescriptor(), EnrollRequest.getDescriptor());

  /** The files of the admin API. */
  static final List<FileDescriptor> ADMIN =
      files(
          Association.getDescriptor(),
          AuditEvent.getDescriptor(),
          ComplianceEvidence.getDescriptor(),
          CreateActivationRequest.getDescriptor(),
          CreateTokenRequest.getDescriptor(),
          DocumentDescription.getDescriptor(),
          Event.getDescriptor(),
          Filter.getDescriptor(),
          InstanceInformation.getDescriptor(),
          InventoryItem.getDescriptor(),
          Parameter.getDescriptor());

  private static final String MANIFEST = "manifest";

  private FirstRelease() {}

  /**
   * A message as it was written.
   *
   * @param name of the sample, and of its file
   * @param message the full name of its type
   * @param told what it says, a line for each value in it
   */
  record Sample(String name, String message, ByteString bytes, List<String> told) {
    /** As today's code reads it. */
    Message parsed() throws IOException {
      return DynamicMessage.parseFrom(type(message), bytes);
    }
  }

  /** All samples, as they are kept; one whose bytes are not those of the manifest is none. */
  static List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    for (String line : text(MANIFEST)) {
      String[] words = line.split(" ");
      byte[] bytes = bytes(words[0] + ".bin");
      if (!Sha256.of(bytes).hex().equals(words[2])) {
        throw new IllegalStateException("the sample " + words[0] + " was changed");
      }
      samples.add(
          new Sample(words[0], words[1], ByteString.copyFrom(bytes), text(words[0] + ".txt")));
    }
    return samples;
  }

  /** The contract of an API as it was. */
  static List<String> contract(String api) {
    return text(api + ".contract");
  }

  /**
   * Writes all of it; called once, before the first release.
   *
   * @param values samples made of values, by name; each with its type's full name
   */
  static void write(Path folder, Map<String, Map.Entry<String, byte[]>> values) throws IOException {
    if (Files.exists(folder.resolve(MANIFEST))) {
      throw new IllegalStateException("the first release was written; it is never written again");
    }
    Map<String, Message> messages = new LinkedHashMap<>();
    for (FileDescriptor file : LINK) {
      types(file).forEach(type -> messages.putAll(filled(type)));
    }
    for (Map.Entry<String, Map.Entry<String, byte[]>> value : values.entrySet()) {
      messages.put(
          "value-" + value.getKey(),
          DynamicMessage.parseFrom(type(value.getValue().getKey()), value.getValue().getValue()));
    }
    List<String> manifest = new ArrayList<>();
    for (Map.Entry<String, Message> one : messages.entrySet()) {
      byte[] bytes = one.getValue().toByteArray();
      Files.write(folder.resolve(one.getKey() + ".bin"), bytes);
      Files.write(folder.resolve(one.getKey() + ".txt"), told(one.getValue()));
      manifest.add(
          one.getKey()
              + " "
              + one.getValue().getDescriptorForType().getFullName()
              + " "
              + Sha256.of(bytes).hex());
    }
    Files.write(folder.resolve("link.contract"), lines(LINK));
    Files.write(folder.resolve("admin.contract"), lines(ADMIN));
    Files.write(folder.resolve(MANIFEST), manifest);
  }

  /** The contract that some files are: whatever a peer may rely on, in lines. */
  static List<String> lines(List<FileDescriptor> files) {
    List<String> lines = new ArrayList<>();
    for (FileDescriptor file : files) {
      types(file).forEach(type -> type.getFields().forEach(field -> lines.add(line(field))));
      Stream.concat(
              file.getEnumTypes().stream(),
              types(file).flatMap(type -> type.getEnumTypes().stream()))
          .flatMap(type -> type.getValues().stream())
          .forEach(
              value ->
                  lines.add(
                      "enum %s: %s = %d"
                          .formatted(
                              value.getType().getFullName(), value.getName(), value.getNumber())));
      file.getServices().stream()
          .flatMap(service -> service.getMethods().stream())
          .forEach(method -> lines.add(line(method)));
    }
    return lines.stream().sorted().distinct().toList();
  }

  private static String line(FieldDescriptor field) {
    String type =
        switch (field.getJavaType()) {
          case MESSAGE -> field.getMessageType().getFullName();
          case ENUM -> field.getEnumType().getFullName();
          default -> field.getType().name().toLowerCase(java.util.Locale.ROOT);
        };
    OneofDescriptor oneof = field.getRealContainingOneof();
    return "field %s: %s = %d %s%s%s"
        .formatted(
            field.getContainingType().getFullName(),
            field.getName(),
            field.getNumber(),
            field.isRepeated() ? "repeated " : field.hasPresence() ? "optional " : "",
            type,
            oneof == null ? "" : " of " + oneof.getName());
  }

  private static String line(MethodDescriptor method) {
    return "call %s: %s%s -> %s%s"
        .formatted(
            method.getFullName(),
            method.isClientStreaming() ? "stream " : "",
            method.getInputType().getFullName(),
            method.isServerStreaming() ? "stream " : "",
            method.getOutputType().getFullName());
  }

  /** What a message says, a line for each value; what is not known in it is not told. */
  static List<String> told(Message message) {
    List<String> lines = new ArrayList<>();
    tell(message, "", lines);
    return lines;
  }

  private static void tell(Message message, String path, List<String> lines) {
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              String name = path + field.getName();
              List<?> values = field.isRepeated() ? (List<?>) value : List.of(value);
              for (int i = 0; i < values.size(); i++) {
                String at = field.isRepeated() ? name + "[" + i + "]" : name;
                switch (values.get(i)) {
                  case Message below -> {
                    lines.add(at + ":");
                    tell(below, at + ".", lines);
                  }
                  case ByteString bytes ->
                      lines.add(at + " = " + HexFormat.of().formatHex(bytes.toByteArray()));
                  case EnumValueDescriptor word -> lines.add(at + " = " + word.getName());
                  default -> lines.add(at + " = " + values.get(i));
                }
              }
            });
  }

  /** A message in which a newer peer says things, at every depth, that nobody knows here. */
  static Message newer(Message message, boolean enums) {
    Message.Builder builder = message.toBuilder();
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (field.getJavaType() == JavaType.MESSAGE) {
                if (field.isRepeated()) {
                  List<?> below = (List<?>) value;
                  for (int i = 0; i < below.size(); i++) {
                    builder.setRepeatedField(field, i, newer((Message) below.get(i), enums));
                  }
                } else {
                  builder.setField(field, newer((Message) value, enums));
                }
              } else if (enums && field.getJavaType() == JavaType.ENUM && !field.isRepeated()) {
                builder.setField(field, field.getEnumType().findValueByNumberCreatingIfUnknown(99));
              }
            });
    if (!message.getDescriptorForType().getOptions().getMapEntry()) {
      builder.setUnknownFields(
          UnknownFieldSet.newBuilder()
              .addField(1999, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
              .addField(
                  2000,
                  UnknownFieldSet.Field.newBuilder()
                      .addLengthDelimited(ByteString.copyFromUtf8("from a newer one"))
                      .build())
              .build());
    }
    return builder.build();
  }

  /** Whether anything in a message, at any depth, is not known. */
  static boolean hasUnknown(Message message) {
    return !message.getUnknownFields().asMap().isEmpty()
        || message.getAllFields().values().stream()
            .flatMap(value -> value instanceof List<?> many ? many.stream() : Stream.of(value))
            .anyMatch(
                value ->
                    (value instanceof Message below && hasUnknown(below))
                        || (value instanceof EnumValueDescriptor word && word.getIndex() < 0));
  }

  static Descriptor type(String fullName) {
    return Stream.concat(LINK.stream(), ADMIN.stream())
        .flatMap(FirstRelease::types)
        .filter(type -> type.getFullName().equals(fullName))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no message " + fullName + " any more"));
  }

  /** All messages of a file, those within others too. */
  private static Stream<Descriptor> types(FileDescriptor file) {
    return file.getMessageTypes().stream().flatMap(FirstRelease::withNested);
  }

  private static Stream<Descriptor> withNested(Descriptor type) {
    return Stream.concat(
        Stream.of(type), type.getNestedTypes().stream().flatMap(FirstRelease::withNested));
  }

  /** A message with nothing in it, and one with all, or one for each word of its choice. */
  private static Map<String, Message> filled(Descriptor type) {
    Map<String, Message> messages = new LinkedHashMap<>();
    if (type.getOptions().getMapEntry()) {
      return messages;
    }
    String name = type.getFullName().replaceFirst("^holdfast\\.agent\\.v1\\.", "");
    messages.put(name + "-empty", DynamicMessage.getDefaultInstance(type));
    List<FieldDescriptor> choices =
        type.getRealOneofs().stream().flatMap(oneof -> oneof.getFields().stream()).toList();
    if (choices.isEmpty()) {
      messages.put(name + "-full", full(type, null));
    }
    choices.forEach(
        choice -> messages.put(name + "-" + choice.getName(), full(type, choice.getName())));
    return messages;
  }

  private static Message full(Descriptor type, @org.jspecify.annotations.Nullable String choice) {
    DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      OneofDescriptor oneof = field.getRealContainingOneof();
      String chosen =
          oneof == null ? field.getName() : choice == null ? oneof.getField(0).getName() : choice;
      if (!chosen.equals(field.getName())) {
        continue;
      }
      Object value = value(field);
      if (field.isRepeated()) {
        builder.addRepeatedField(field, value);
      } else {
        builder.setField(field, value);
      }
    }
    return builder.build();
  }

  private static Object value(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case INT -> 100 + field.getNumber();
      case LONG -> (1L << 40) + field.getNumber();
      case BOOLEAN -> true;
      case STRING -> field.getName();
      case BYTE_STRING -> ByteString.copyFromUtf8(field.getName());
      case FLOAT -> 0.5f + field.getNumber();
      case DOUBLE -> 0.25 + field.getNumber();
      case ENUM -> last(field.getEnumType());
      case MESSAGE -> {
        String name = field.getMessageType().getFullName();
        if (name.equals(Struct.getDescriptor().getFullName())) {
          yield Struct.newBuilder()
              .putFields(field.getName(), Value.newBuilder().setStringValue("value").build())
              .build();
        }
        if (name.equals(Timestamp.getDescriptor().getFullName())) {
          yield Timestamp.newBuilder()
              .setSeconds(1_772_445_600L + field.getNumber())
              .setNanos(123_000_000)
              .build();
        }
        yield full(field.getMessageType(), null);
      }
    };
  }

  private static EnumValueDescriptor last(EnumDescriptor type) {
    return type.getValues().getLast();
  }

  private static List<FileDescriptor> files(Descriptor... ofEach) {
    return Stream.of(ofEach).map(Descriptor::getFile).toList();
  }

  private static List<String> text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8).lines().toList();
  }

  private static byte[] bytes(String name) {
    try (InputStream in = FirstRelease.class.getResourceAsStream("/first/" + name)) {
      return Objects.requireNonNull(in, "no sample " + name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
