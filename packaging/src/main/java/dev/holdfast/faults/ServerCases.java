package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.EnrollResponse;
import dev.holdfast.wire.v1.CreateActivationResponse;
import dev.holdfast.wire.v1.RunStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Who asks for papers that they must not have, and who shows papers that are not theirs. */
final class ServerCases {
  private static final Duration SOON = Duration.ofSeconds(60);

  private ServerCases() {}

  static List<Case> all() {
    return List.of(new HostileRequests(), new FalseServers());
  }

  /** Certificate requests that wish for more than an agent's certificate, or are none. */
  static final class HostileRequests implements Case {
    @Override
    public String id() {
      return "E05";
    }

    @Override
    public String claim() {
      return "whatever a certificate request wishes for, it is refused or gets what agents get";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      for (int round = 0; round < trial.scale().of(1, 5, 50); round++) {
        for (Map.Entry<String, byte[]> wish : wishes().entrySet()) {
          CreateActivationResponse activation = rig.activate(1, Map.of());
          trial.count(Figure.FAULTS, 1);
          EnrollResponse answer;
          try {
            answer =
                HandMade.enroll(
                    rig.agentAddress(),
                    Field.authority(rig),
                    activation.getActivationId(),
                    activation.getActivationCode(),
                    wish.getValue());
          } catch (StatusRuntimeException e) {
            trial.count(Figure.REFUSED, 1);
            trial.require(
                e.getStatus().getCode() == Status.Code.INVALID_ARGUMENT
                    || e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED,
                wish.getKey() + ": " + e.getStatus());
            continue;
          }
          trial.require(
              !wish.getKey().startsWith("no "), "a certificate came for: " + wish.getKey());
          trial.count(Figure.STORED, 1);
          String wrong = wrong(answer, HandMade.chain(answer).getFirst());
          trial.require(wrong.isEmpty(), wish.getKey() + ": " + wrong);
        }
      }
      trial.require(rig.coordinator().alive(), "it ended: " + rig.coordinator().said());
      trial.require(
          Field.handMade(trial, rig).instance().startsWith("mi-"), "nobody is let in any more");
    }

    /** Requests by what is wrong with them; those that must be refused begin with "no ". */
    private static Map<String, byte[]> wishes() throws Exception {
      Map<String, byte[]> wishes = new LinkedHashMap<>();
      KeyPair key = HandMade.newKey();
      wishes.put(
          "foreign names",
          asking(
              key,
              "CN=mi-00000000000000000,O=holdfast.local",
              Extension.subjectAlternativeName,
              new GeneralNames(
                  new GeneralName[] {
                    new GeneralName(
                        GeneralName.uniformResourceIdentifier,
                        "spiffe://holdfast.local/coordinator"),
                    new GeneralName(GeneralName.dNSName, "localhost")
                  })));
      wishes.put(
          "an authority",
          asking(HandMade.newKey(), "CN=ca", Extension.basicConstraints, new BasicConstraints(9)));
      wishes.put(
          "a server",
          asking(
              HandMade.newKey(),
              "CN=server",
              Extension.extendedKeyUsage,
              new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)));
      wishes.put("a name with a newline", asked(HandMade.newKey(), "CN=a\nb\u001b[31m"));
      KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
      rsa.initialize(1024);
      KeyPair weak = rsa.generateKeyPair();
      wishes.put("no RSA of 1024 bits", signed(weak, weak, "SHA256withRSA"));
      KeyPairGenerator p384 = KeyPairGenerator.getInstance("EC");
      p384.initialize(384);
      KeyPair other = p384.generateKeyPair();
      wishes.put("no P-384", signed(other, other, "SHA384withECDSA"));
      wishes.put(
          "no other's signature", signed(HandMade.newKey(), HandMade.newKey(), "SHA256withECDSA"));
      byte[] broken = HandMade.request(HandMade.newKey());
      broken[broken.length - 3] ^= 1;
      wishes.put("no broken signature", broken);
      wishes.put("no 64 KiB", new byte[64 * 1024]);
      wishes.put(
          "no 12 KiB",
          asking(
              HandMade.newKey(),
              "CN=host",
              Extension.subjectAlternativeName,
              new GeneralNames(new GeneralName(GeneralName.dNSName, "x".repeat(12 * 1024)))));
      wishes.put("no garbage", "-----BEGIN".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      wishes.put("no request at all", new byte[0]);
      return wishes;
    }

    private static byte[] asking(
        KeyPair key,
        String subject,
        org.bouncycastle.asn1.ASN1ObjectIdentifier what,
        org.bouncycastle.asn1.ASN1Encodable value)
        throws IOException, OperatorCreationException {
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(what, true, value);
      return new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), key.getPublic())
          .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
          .getEncoded();
    }

    private static byte[] asked(KeyPair key, String subject)
        throws IOException, OperatorCreationException {
      return new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), key.getPublic())
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
          .getEncoded();
    }

    private static byte[] signed(KeyPair of, KeyPair by, String algorithm)
        throws IOException, OperatorCreationException {
      PublicKey key = of.getPublic();
      return new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=host"), key)
          .build(new JcaContentSignerBuilder(algorithm).build(by.getPrivate()))
          .getEncoded();
    }

    /** What a certificate says that no agent's should; empty if it is one. */
    private static String wrong(EnrollResponse answer, X509Certificate made)
        throws GeneralSecurityException {
      List<String> wrong = new ArrayList<>();
      var names = made.getSubjectAlternativeNames();
      String uri = "spiffe://" + answer.getTrustDomain() + "/agent/" + answer.getInstanceId();
      if (names.size() != 1 || !names.iterator().next().equals(List.of(6, uri))) {
        wrong.add("names " + names);
      }
      if (made.getBasicConstraints() != -1) {
        wrong.add("it is an authority");
      }
      if (!List.of("1.3.6.1.5.5.7.3.2").equals(made.getExtendedKeyUsage())) {
        wrong.add("usage " + made.getExtendedKeyUsage());
      }
      boolean[] usage = made.getKeyUsage();
      for (int i = 1; usage != null && i < usage.length; i++) {
        if (usage[i]) {
          wrong.add("key usage " + i);
        }
      }
      if (made.getSerialNumber().bitLength() < 120) {
        wrong.add("serial " + made.getSerialNumber());
      }
      if (!made.getSubjectX500Principal().getName().equals("CN=" + answer.getInstanceId())) {
        wrong.add("subject " + made.getSubjectX500Principal());
      }
      Instant end = made.getNotAfter().toInstant();
      if (end.isAfter(Instant.now().plus(Duration.ofDays(7)).plusSeconds(60))) {
        wrong.add("until " + end);
      }
      return String.join(", ", wrong);
    }
  }

  /** A real agent whose road leads to a server that is not the coordinator. */
  static final class FalseServers implements Case {
    @Override
    public String id() {
      return "E06";
    }

    @Override
    public String claim() {
      return "an agent tells nothing to a server that is not its coordinator, whatever that shows,"
          + " and does not fill its log";
    }

    /** What is shown. */
    private record Show(String what, Papers.Bundle bundle, String protocol, String application) {}

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Proxy road = trial.closing(Proxy.to(rig.agentAddress()));
      rig.agentsGoBy(road.address());
      String instance = rig.enroll(Map.of());
      rig.createScript("local", List.of("true"));
      String association = AgentCases.associate(rig, instance, "local");
      rig.startAgent();
      trial.require(Field.await(SOON, () -> ran(rig, association)), "it never ran");
      rig.agent().kill();

      for (Show show : shows(trial, rig)) {
        FalseServer server =
            trial.closing(FalseServer.start(show.bundle, show.protocol, show.application));
        road.leadsTo(server.address());
        long before = rig.agent().said().lines().count();
        rig.startAgent();
        boolean came = Field.await(SOON, () -> server.came() >= 2);
        trial.require(came, show.what + ": it came " + server.came() + " times");
        trial.count(Figure.FAULTS, server.came());
        trial.require(server.told() == 0, show.what + ": it was told " + server.told() + " bytes");
        trial.require(rig.agent().alive(), show.what + ": the agent ended");
        long lines =
            rig.agent()
                .said()
                .lines()
                .skip(before)
                .filter(line -> line.contains("no link"))
                .count();
        trial.require(lines >= 1 && lines <= 4, show.what + ": " + lines + " lines in its log");
        rig.agent().kill();
      }
      road.leadsTo(rig.agentAddress());
      rig.startAgent();
      String execution = AgentCases.start(rig, association);
      trial.require(
          Field.await(
              Duration.ofMinutes(2),
              () ->
                  rig.targets(association, execution).stream()
                      .anyMatch(target -> target.getStatus() == RunStatus.RUN_STATUS_SUCCESS)),
          "it does not come back to its coordinator");
    }

    private static boolean ran(Rig rig, String association) {
      return rig.executions(association).stream()
          .anyMatch(each -> each.getResourceCountByStatusMap().containsKey("Success"));
    }

    private static List<Show> shows(Trial trial, Rig rig)
        throws IOException, GeneralSecurityException {
      Papers.Authority right = Papers.authority(rig.data());
      String uri = "spiffe://holdfast.local/coordinator";
      Instant later = Instant.now().plus(Duration.ofDays(1));
      HandMade agent = Field.handMade(trial, rig);
      List<Show> shows = new ArrayList<>();
      shows.add(
          new Show(
              "another authority",
              Papers.server(Papers.stranger(), uri, "127.0.0.1", later),
              "TLSv1.3",
              "h2"));
      shows.add(new Show("an agent's certificate", agent.bundle(), "TLSv1.3", "h2"));
      shows.add(
          new Show(
              "an expired one",
              Papers.server(right, uri, "127.0.0.1", Instant.now().minusSeconds(60)),
              "TLSv1.3",
              "h2"));
      if (trial.scale() != Scale.SMOKE) {
        shows.add(
            new Show(
                "another name", Papers.server(right, uri, "192.0.2.1", later), "TLSv1.3", "h2"));
        shows.add(
            new Show(
                "another trust domain",
                Papers.server(right, "spiffe://else.where/coordinator", "127.0.0.1", later),
                "TLSv1.3",
                "h2"));
        shows.add(
            new Show(
                "a name without a role",
                Papers.server(right, "https://127.0.0.1/", "127.0.0.1", later),
                "TLSv1.3",
                "h2"));
        shows.add(new Show("TLS 1.2", Papers.coordinator(rig.data()), "TLSv1.2", "h2"));
        shows.add(new Show("no h2", Papers.coordinator(rig.data()), "TLSv1.3", "http/1.1"));
      }
      return shows;
    }
  }
}
