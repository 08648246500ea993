package dev.holdfast.coordinator.server;

import io.grpc.netty.GrpcSslContexts;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * How many TLS handshakes a second this machine can do, found out by doing some in memory. Only the
 * coordinator's half is counted.
 */
public final class HandshakeCapacity {
  /** Handshakes that are not counted: they load what the others need. */
  private static final int WARM = 10;

  private static final int MOST = 200;
  private static final Duration LONGEST = Duration.ofMillis(400);

  /** Looking at the certificate of an agent is not measured; it takes about as long again. */
  private static final double WITH_CERTIFICATE = 2;

  private static final int ROUNDS = 1_000;

  private HandshakeCapacity() {}

  /**
   * Measures it; takes less than a second.
   *
   * @param server of the port
   * @param authority that made the port's certificate
   * @param nanos monotonic time
   * @param processors that do handshakes
   * @return a second; at least 1
   */
  public static int measure(
      SslContext server, X509Certificate authority, LongSupplier nanos, int processors)
      throws SSLException {
    SslContext client =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .protocols("TLSv1.3")
            .trustManager(authority)
            .build();
    long began = nanos.getAsLong();
    long spent = 0;
    int counted = 0;
    for (int i = 0; i < MOST; i++) {
      long one = handshake(client, server, nanos);
      if (i >= WARM) {
        spent += one;
        counted++;
      }
      if (counted > 0 && nanos.getAsLong() - began > LONGEST.toNanos()) {
        break;
      }
    }
    double each = Math.max(1, (double) spent / counted) * WITH_CERTIFICATE;
    return (int) Math.max(1, processors * 1e9 / each);
  }

  /** One handshake; the time that the server's half took. */
  private static long handshake(SslContext client, SslContext server, LongSupplier nanos)
      throws SSLException {
    SSLEngine near = client.newEngine(ByteBufAllocator.DEFAULT, "localhost", 1);
    SSLEngine far = server.newEngine(ByteBufAllocator.DEFAULT);
    try {
      near.beginHandshake();
      far.beginHandshake();
      ByteBuffer toServer = ByteBuffer.allocate(near.getSession().getPacketBufferSize() * 4);
      ByteBuffer toClient = ByteBuffer.allocate(near.getSession().getPacketBufferSize() * 4);
      long spent = 0;
      for (int i = 0; i < ROUNDS && (handshaking(near) || handshaking(far)); i++) {
        step(near, toClient, toServer);
        long from = nanos.getAsLong();
        step(far, toServer, toClient);
        spent += nanos.getAsLong() - from;
      }
      if (handshaking(far)) {
        throw new SSLException("a handshake in memory does not end");
      }
      return spent;
    } finally {
      ReferenceCountUtil.release(near);
      ReferenceCountUtil.release(far);
    }
  }

  private static boolean handshaking(SSLEngine engine) {
    return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    ByteBuffer plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    for (int i = 0; i < ROUNDS; i++) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> {
          for (Runnable task = engine.getDelegatedTask();
              task != null;
              task = engine.getDelegatedTask()) {
            task.run();
          }
        }
        case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          in.flip();
          SSLEngineResult result = engine.unwrap(in, plain);
          in.compact();
          if (result.getStatus() != SSLEngineResult.Status.OK || result.bytesConsumed() == 0) {
            return; // the other half is to say something first
          }
        }
        case NOT_HANDSHAKING, FINISHED -> {
          return;
        }
      }
    }
  }
}
