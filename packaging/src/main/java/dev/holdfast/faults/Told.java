package dev.holdfast.faults;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import com.google.protobuf.Timestamp;
import java.util.List;
import java.util.Set;

/** An answer as text, to be compared with another: without what differs from moment to moment. */
final class Told {
  private static final Set<String> PASSING =
      Set.of("position", "next_page_token", "cursor", "ping_status", "epoch");

  private Told() {}

  static String text(Message message) {
    Message.Builder copy = message.toBuilder();
    clear(copy);
    return TextFormat.printer().escapingNonAscii(true).printToString(copy.build());
  }

  private static void clear(Message.Builder builder) {
    for (FieldDescriptor field : List.copyOf(builder.getAllFields().keySet())) {
      boolean message = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      if (PASSING.contains(field.getName())
          || (message && field.getMessageType().equals(Timestamp.getDescriptor()))) {
        builder.clearField(field);
      } else if (message && field.isRepeated()) {
        for (int i = 0; i < builder.getRepeatedFieldCount(field); i++) {
          Message.Builder item = ((Message) builder.getRepeatedField(field, i)).toBuilder();
          clear(item);
          builder.setRepeatedField(field, i, item.build());
        }
      } else if (message) {
        Message.Builder inner = ((Message) builder.getField(field)).toBuilder();
        clear(inner);
        builder.setField(field, inner.build());
      }
    }
  }
}
