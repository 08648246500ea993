package dev.holdfast.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Messages within messages, packed by gzip. */
final class Packing {
  private Packing() {}

  static ByteString pack(MessageLite message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      message.writeTo(zip);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }

  /**
   * The bytes of what was packed, which are not read any further than they may be many.
   *
   * @param what it is, in words
   * @throws WireException if there are more, or it was not packed
   */
  static byte[] unpack(ByteString packed, int most, String what) {
    try (GZIPInputStream zip =
        new GZIPInputStream(new ByteArrayInputStream(packed.toByteArray()))) {
      byte[] bytes = zip.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new WireException(what + " of more than " + most + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw new WireException(what + " that does not unpack: " + e.getMessage(), e);
    }
  }
}
