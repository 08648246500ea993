package dev.holdfast.coordinator.trust;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.trust.AuthorityFile.Root;
import dev.holdfast.coordinator.trust.CertificateMaker.Signer;
import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * The coordinator's certificate authority. It is made at the first start, and is the only one that
 * agents and coordinator trust. What a certificate says is decided here, whatever a request asks
 * for. Thread-safe.
 *
 * <p>It has one key; or two, while it changes to another: then the new one signs for agents, and is
 * vouched for by the old one, under which the coordinator's own certificate stays until the old one
 * is retired. So everybody who trusts either can connect at any moment.
 */
public final class Authority {
  /** How long the authority's own certificate lives. */
  static final Duration CA_LIFE = Duration.ofDays(3652);

  /** How long the coordinator's certificate lives; it is made anew at a start past half of it. */
  static final Duration COORDINATOR_LIFE = Duration.ofDays(90);

  /** Certificates begin a little before they are made, for clocks that are behind. */
  static final Duration BACK_DATED = Duration.ofHours(1);

  /** Bytes of a certificate request. */
  static final int MAX_REQUEST_BYTES = 4096;

  /** How many keys back a server's chain leads. */
  private static final int VOUCHED = 2;

  private static final Pattern NUMBERED = Pattern.compile("CN=Holdfast CA (\\d{1,9}) of .*");

  private final AuthorityFile file;
  private final String trustDomain;
  private final SecureRandom random;
  private final CertificateMaker maker;
  private final Duration agentLife;
  private volatile List<Root> roots;

  private Authority(
      AuthorityFile file,
      List<Root> roots,
      String trustDomain,
      SecureRandom random,
      Duration agentLife) {
    this.file = file;
    this.roots = List.copyOf(roots);
    this.trustDomain = trustDomain;
    this.random = random;
    this.maker = new CertificateMaker(random);
    this.agentLife = agentLife;
  }

  /**
   * Reads the authority from the data folder, or makes it at the first start.
   *
   * @param agentLife how long the certificates of agents live
   */
  public static Authority open(
      Path folder, String trustDomain, SecureRandom random, Instant now, Duration agentLife)
      throws IOException, GeneralSecurityException {
    AuthorityFile file = new AuthorityFile(folder);
    if (!file.exists()) {
      X500Principal name = new X500Principal("CN=Holdfast CA of " + trustDomain);
      file.write(List.of(made(new CertificateMaker(random), random, name, now, List.of())));
    }
    List<Root> roots = file.read();
    file.show(roots);
    return new Authority(file, roots, trustDomain, random, agentLife);
  }

  /** A new key, for which those before it vouch. */
  private static Root made(
      CertificateMaker maker,
      SecureRandom random,
      X500Principal name,
      Instant now,
      List<Root> before)
      throws GeneralSecurityException, IOException {
    KeyPair pair = Keys.generate("secp384r1", random);
    Instant from = now.minus(BACK_DATED);
    Instant until = now.plus(CA_LIFE);
    X509Certificate own =
        maker.authority(
            new Signer(name, pair.getPrivate()), name, pair.getPublic(), VOUCHED, from, until);
    List<X509Certificate> vouched = new ArrayList<>();
    if (!before.isEmpty()) {
      Root last = before.getLast();
      vouched.add(maker.authority(signer(last), name, pair.getPublic(), VOUCHED - 1, from, until));
      last.vouched().stream().limit(VOUCHED - 1).forEach(vouched::add);
    }
    return new Root(pair.getPrivate(), own, vouched);
  }

  private static Signer signer(Root root) {
    return new Signer(root.own().getSubjectX500Principal(), root.key());
  }

  /** That the authority can't be changed as somebody wants it; the message says why. */
  public static final class ChangeRefused extends Exception {
    private static final long serialVersionUID = 1L;

    ChangeRefused(String message) {
      super(message);
    }
  }

  /**
   * Begins the change to a new key: from now on it signs for agents. Durable when this returns.
   *
   * @throws ChangeRefused if such a change is going on
   */
  public synchronized void rotate(Instant now)
      throws IOException, GeneralSecurityException, ChangeRefused {
    if (changing()) {
      throw new ChangeRefused(
          "the change to a new authority is going on: end it with 'ca rotate --retire' first");
    }
    Root old = roots.getFirst();
    Matcher numbered = NUMBERED.matcher(old.own().getSubjectX500Principal().getName());
    long next = numbered.matches() ? Long.parseLong(numbered.group(1)) + 1 : 2;
    X500Principal name = new X500Principal("CN=Holdfast CA " + next + " of " + trustDomain);
    change(List.of(old, made(maker, random, name, now, roots)));
  }

  /**
   * Ends the change: the old key is deleted, and what it signed counts no more. Durable when this
   * returns. The coordinator's own certificate is to be made anew then.
   *
   * @throws ChangeRefused if there is no old key
   */
  public synchronized void retire() throws IOException, GeneralSecurityException, ChangeRefused {
    if (!changing()) {
      throw new ChangeRefused(
          "there is no old authority to retire: begin a change with 'ca rotate'");
    }
    change(List.of(roots.getLast()));
  }

  private void change(List<Root> next) throws IOException, GeneralSecurityException {
    file.write(next);
    roots = next;
  }

  /** Whether there is an old key beside the one that signs for agents. */
  public boolean changing() {
    return roots.size() > 1;
  }

  /** How long the certificates of agents live. */
  public Duration agentLife() {
    return agentLife;
  }

  /** All that agents are to trust, the one in use first: each is vouched for by one before it. */
  public List<X509Certificate> trusted() {
    return roots.reversed().stream().map(Root::told).toList();
  }

  /** Those whose certificates count. */
  public List<X509Certificate> accepted() {
    return roots.stream().map(Root::own).toList();
  }

  /** Whether a certificate, whose signature was looked at before, is of one of its keys. */
  public boolean accepts(X509Certificate certificate) {
    return roots.stream()
        .anyMatch(
            root ->
                root.own().getSubjectX500Principal().equals(certificate.getIssuerX500Principal()));
  }

  /** Whether one of its keys signed a certificate; when it is valid does not matter here. */
  boolean signed(X509Certificate certificate) {
    for (Root root : roots) {
      try {
        certificate.verify(root.own().getPublicKey());
        return true;
      } catch (GeneralSecurityException e) {
        // another one may have
      }
    }
    return false;
  }

  /** Whether a certificate is of the key that signs now. */
  public boolean newest(X509Certificate certificate) {
    return roots
        .getLast()
        .own()
        .getSubjectX500Principal()
        .equals(certificate.getIssuerX500Principal());
  }

  /** The authority's certificate of the key under which the coordinator's own certificate is. */
  public X509Certificate certificate() {
    return roots.getFirst().own();
  }

  /** What the coordinator shows behind its certificate. */
  public List<X509Certificate> shown() {
    return roots.getFirst().shown();
  }

  /** The domain in which its names are. */
  public String trustDomain() {
    return trustDomain;
  }

  /** What hosts pin: {@code sha256:} and the hash of the key in a certificate. */
  public static String pin(X509Certificate certificate) {
    return "sha256:" + Sha256.of(certificate.getPublicKey().getEncoded());
  }

  /**
   * The coordinator's key and certificate in the data folder; made anew if it is past half its life
   * or lacks a name.
   */
  public Identity coordinator(Path folder, List<String> names, Instant now)
      throws IOException, GeneralSecurityException {
    Path certificateFile = folder.resolve("coordinator.pem");
    Path keyFile = folder.resolve("coordinator.key");
    Path namesFile = folder.resolve("coordinator.names");
    String wanted = String.join("\n", names) + "\n";
    boolean good =
        Files.exists(keyFile)
            && Files.exists(namesFile)
            && Files.readString(namesFile).equals(wanted)
            && Keys.readCertificate(certificateFile)
                .getNotAfter()
                .toInstant()
                .isAfter(now.plus(COORDINATOR_LIFE.dividedBy(2)))
            && Keys.readCertificate(certificateFile)
                .getIssuerX500Principal()
                .equals(certificate().getSubjectX500Principal());
    if (!good) {
      KeyPair pair = Keys.generate("secp256r1", random);
      List<GeneralName> subject = new ArrayList<>();
      subject.add(
          new GeneralName(
              GeneralName.uniformResourceIdentifier, "spiffe://" + trustDomain + "/coordinator"));
      for (String name : names) {
        subject.add(
            new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name));
      }
      X509Certificate made =
          maker.caller(
              signer(roots.getFirst()),
              new X500Principal("CN=Holdfast coordinator"),
              pair.getPublic(),
              subject,
              KeyPurposeId.id_kp_serverAuth,
              now,
              COORDINATOR_LIFE);
      Files.deleteIfExists(namesFile);
      Keys.write(certificateFile, "rw-r--r--", Keys.pem("CERTIFICATE", made.getEncoded()));
      Keys.write(keyFile, "rw-------", Keys.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
      Keys.write(namesFile, "rw-r--r--", wanted);
    }
    return new Identity(Keys.readKey(keyFile), Keys.readCertificate(certificateFile));
  }

  /** A key and its certificate. */
  public record Identity(PrivateKey key, X509Certificate certificate) {}

  /** A request that can't be granted; the message says why, for the host that asks. */
  public static final class RequestRefused extends Exception {
    private static final long serialVersionUID = 1L;

    RequestRefused(String message) {
      super(message);
    }
  }

  /** The key that a certificate request asks for. Its subject and its other wishes are ignored. */
  PublicKey requestedKey(byte[] request) throws RequestRefused {
    if (request.length > MAX_REQUEST_BYTES) {
      throw new RequestRefused(
          "the certificate request has more than " + MAX_REQUEST_BYTES + " bytes");
    }
    try {
      JcaPKCS10CertificationRequest parsed = new JcaPKCS10CertificationRequest(request);
      PublicKey publicKey = parsed.getPublicKey();
      boolean p256 =
          publicKey instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() == 256;
      if (!p256) {
        throw new RequestRefused(
            "the key of the certificate request is not an elliptic curve key of P-256");
      }
      if (!parsed.isSignatureValid(new JcaContentVerifierProviderBuilder().build(publicKey))) {
        throw new RequestRefused("the certificate request is not signed with its own key");
      }
      return publicKey;
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | RuntimeException e) {
      throw new RequestRefused("the certificate request can't be read");
    }
  }

  /** A certificate that says: the holder of this key is the agent of this instance. */
  X509Certificate agent(InstanceId instance, PublicKey publicKey, Instant now)
      throws GeneralSecurityException, IOException {
    return maker.caller(
        signer(roots.getLast()),
        new X500Principal("CN=" + instance),
        publicKey,
        List.of(
            new GeneralName(
                GeneralName.uniformResourceIdentifier, agentName(trustDomain, instance))),
        KeyPurposeId.id_kp_clientAuth,
        now,
        agentLife);
  }

  static String agentName(String trustDomain, InstanceId instance) {
    return agentPrefix(trustDomain) + instance;
  }

  static String agentPrefix(String trustDomain) {
    return "spiffe://" + trustDomain + "/agent/";
  }

  private static boolean isAddress(String name) {
    return name.contains(":") || name.matches("\\d{1,3}(\\.\\d{1,3}){3}");
  }
}
