package dev.holdfast.coordinator.server;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.SimpleKeyManagerFactory;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLException;

/** TLS of the two ports: 1.3 only, by BoringSSL where it is there, else by the JDK. */
public final class Tls {
  private static final String PROTOCOL = "TLSv1.3";

  private Tls() {}

  /**
   * Of the agent port: certificates of the authority are asked for, none is needed to enrol, and
   * any other one ends the handshake.
   *
   * @param authorities those whose certificates count now
   */
  public static SslContext agents(
      ShownIdentity identity, Supplier<List<X509Certificate>> authorities) throws SSLException {
    return builder(identity)
        .clientAuth(ClientAuth.OPTIONAL)
        .trustManager(new AgentTrust(authorities))
        .build();
  }

  /** Of the admin port: callers show a token, no certificate. */
  public static SslContext admins(ShownIdentity identity) throws SSLException {
    return builder(identity).clientAuth(ClientAuth.NONE).build();
  }

  /** Who does the cryptography. */
  public static String provider() {
    return OpenSsl.isAvailable() ? OpenSsl.versionString() : "JDK";
  }

  private static SslContextBuilder builder(ShownIdentity identity) {
    boolean openSsl = OpenSsl.isAvailable();
    KeyManagerFactory keys = new Keys(identity);
    SslContextBuilder builder =
        SslContextBuilder.forServer(openSsl ? new OpenSslCachingX509KeyManagerFactory(keys) : keys);
    return GrpcSslContexts.configure(builder, openSsl ? SslProvider.OPENSSL : SslProvider.JDK)
        .protocols(PROTOCOL);
  }

  private static final class Keys extends SimpleKeyManagerFactory {
    private final KeyManager[] managers;

    Keys(KeyManager manager) {
      this.managers = new KeyManager[] {manager};
    }

    @Override
    protected void engineInit(KeyStore store, char[] password) {}

    @Override
    protected void engineInit(ManagerFactoryParameters parameters) {}

    @Override
    protected KeyManager[] engineGetKeyManagers() {
      return managers.clone();
    }
  }
}
