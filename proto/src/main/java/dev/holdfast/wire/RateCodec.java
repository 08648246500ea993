package dev.holdfast.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.permit.RateLimits;
import dev.holdfast.wire.v1.Association;

/** The limits of an association as people write it. */
public final class RateCodec {
  private RateCodec() {}

  /** Those of an association. */
  public static RateLimits of(Association association) {
    return new RateLimits(association.getMaxConcurrency(), association.getMaxErrors());
  }

  /**
   * Those of an association's stored bytes.
   *
   * @throws WireException if these are none
   */
  public static RateLimits fromBytes(ByteString content) {
    try {
      return of(Association.parseFrom(content));
    } catch (InvalidProtocolBufferException e) {
      throw new WireException("not an association: " + e.getMessage(), e);
    }
  }
}
