package dev.holdfast.document;

import dev.holdfast.document.DocumentReading.Format;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Documents from one format to the other. */
public final class DocumentText {
  private DocumentText() {}

  /** The text in the wanted format; as it is if it has that already. */
  public static String convert(String text, Format from, Format to) {
    if (from == to) {
      return text;
    }
    Value value =
        TextReader.read(text, from, DocumentLimits.MAX_DEPTH, new Problems())
            .orElseThrow(() -> new IllegalArgumentException("the text is not " + from))
            .value();
    return switch (to) {
      case JSON -> JsonText.pretty(value);
      case YAML ->
          new Dump(
                  DumpSettings.builder()
                      .setSchema(YamlReader.SCHEMA)
                      .setDefaultFlowStyle(FlowStyle.BLOCK)
                      .build())
              .dumpToString(plain(value));
    };
  }

  private static @Nullable Object plain(Value value) {
    return switch (value) {
      case Value.Null _ -> null;
      case Value.Text(var text) -> text;
      case Value.Num(var number) ->
          number.stripTrailingZeros().scale() <= 0 ? number.toBigInteger() : number.doubleValue();
      case Value.Flag(var flag) -> flag;
      case Value.Items(var items) -> {
        List<@Nullable Object> list = new ArrayList<>();
        items.forEach(item -> list.add(plain(item)));
        yield list;
      }
      case Value.Fields(var fields) -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        fields.forEach((name, field) -> map.put(name, plain(field)));
        yield map;
      }
    };
  }
}
