package dev.holdfast.agent.run;

import com.google.protobuf.ByteString;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.task.RunLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Documents as they were read last: the same one runs again and again, and to read it costs more
 * than all else that a run of it needs to start. On the agent's own thread.
 */
final class RecentDocuments {
  /** In the order of their last use. */
  private final Map<ByteString, DocumentReading> readings = new LinkedHashMap<>(16, 0.75f, true);

  private final Function<byte[], DocumentReading> reader;
  private long bytes;

  RecentDocuments(Function<byte[], DocumentReading> reader) {
    this.reader = reader;
  }

  /** What a document says. */
  DocumentReading read(ByteString document) {
    DocumentReading known = readings.get(document);
    if (known != null) {
      return known;
    }
    DocumentReading reading = reader.apply(document.toByteArray());
    readings.put(document, reading);
    bytes += document.size();
    var eldest = readings.keySet().iterator();
    while (bytes > RunLimits.MAX_RECENT_DOCUMENT_BYTES) {
      bytes -= eldest.next().size();
      eldest.remove();
    }
    return reading;
  }
}
