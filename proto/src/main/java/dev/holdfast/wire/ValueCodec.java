package dev.holdfast.wire;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value.KindCase;
import dev.holdfast.document.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON-like values: {@code google.protobuf.Struct} to {@link Value} and back. Numbers pass through
 * a double, as in AWS.
 */
public final class ValueCodec {
  /** Lists and maps nested deeper than this are refused. */
  public static final int MAX_DEPTH = 20;

  private ValueCodec() {}

  /** A map of values from the wire. */
  public static Map<String, Value> fromProto(Struct struct) {
    return fields(struct, 1);
  }

  /** A map of values to the wire. */
  public static Struct toProto(Map<String, Value> fields) {
    Struct.Builder struct = Struct.newBuilder();
    fields.forEach((name, value) -> struct.putFields(name, toProto(value)));
    return struct.build();
  }

  private static Map<String, Value> fields(Struct struct, int depth) {
    Map<String, Value> fields = new LinkedHashMap<>();
    struct.getFieldsMap().forEach((name, value) -> fields.put(name, value(value, depth)));
    return fields;
  }

  private static Value value(com.google.protobuf.Value value, int depth) {
    if (depth > MAX_DEPTH) {
      throw new WireException("lists and maps nested deeper than " + MAX_DEPTH);
    }
    KindCase kind = value.getKindCase();
    return switch (kind) {
      case NULL_VALUE, KIND_NOT_SET -> new Value.Null();
      case NUMBER_VALUE -> new Value.Num(number(value.getNumberValue()));
      case STRING_VALUE -> new Value.Text(value.getStringValue());
      case BOOL_VALUE -> new Value.Flag(value.getBoolValue());
      case STRUCT_VALUE -> new Value.Fields(fields(value.getStructValue(), depth + 1));
      case LIST_VALUE -> {
        List<Value> items = new ArrayList<>();
        for (com.google.protobuf.Value item : value.getListValue().getValuesList()) {
          items.add(value(item, depth + 1));
        }
        yield new Value.Items(items);
      }
    };
  }

  private static BigDecimal number(double number) {
    if (!Double.isFinite(number)) {
      throw new WireException("a number that is not finite");
    }
    BigDecimal exact = BigDecimal.valueOf(number).stripTrailingZeros();
    return exact.scale() < 0 ? exact.setScale(0) : exact;
  }

  private static com.google.protobuf.Value toProto(Value value) {
    com.google.protobuf.Value.Builder builder = com.google.protobuf.Value.newBuilder();
    return switch (value) {
      case Value.Null _ -> builder.setNullValue(NullValue.NULL_VALUE).build();
      case Value.Text(var text) -> builder.setStringValue(text).build();
      case Value.Num(var number) -> builder.setNumberValue(number.doubleValue()).build();
      case Value.Flag(var flag) -> builder.setBoolValue(flag).build();
      case Value.Items(var items) -> {
        ListValue.Builder list = ListValue.newBuilder();
        items.forEach(item -> list.addValues(toProto(item)));
        yield builder.setListValue(list).build();
      }
      case Value.Fields(var fields) -> builder.setStructValue(toProto(fields)).build();
    };
  }
}
