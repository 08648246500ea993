package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.HostPort;
import dev.holdfast.coordinator.server.StartException;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.wire.v1.TokenServiceGrpc;
import dev.holdfast.wire.v1.WhoAmIRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the first start makes, what later ones keep, and what no start goes on with. */
final class StartTest {
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

  @Test
  void theFirstStartMakesItsFilesForItsOwnerAlone() throws Exception {
    Path data = folder.resolve("new");

    Running.start(data).close();

    assertEquals("rwx------", permissions(data));
    for (String secret :
        List.of("admin.token", "ca.key", "coordinator.key", "pepper", "holdfast.db")) {
      assertEquals("rw-------", permissions(data.resolve(secret)), secret);
    }
    assertTrue(
        Files.readString(data.resolve("admin.token")).matches("hft_[A-Za-z0-9_-]{43}\n"),
        "the token's form");
    String pin = Files.readString(data.resolve("ca.pin")).strip();
    assertTrue(pin.matches("sha256:[0-9a-f]{64}"), pin);
    List<String> shown = LocalAdministration.authority(data);
    assertEquals("-----BEGIN CERTIFICATE-----", shown.getFirst());
    assertEquals("pin " + pin, shown.getLast());
    assertFalse(Files.exists(data.resolve("admin.sock")), "the socket of a coordinator that ended");
  }

  @Test
  void aLaterStartKeepsTheAuthorityAndTheTokens() throws Exception {
    Path data = folder.resolve("kept");
    Running.start(data).close();
    String authority = Files.readString(data.resolve("ca.pem"));

    try (Running again = Running.start(data)) {
      assertEquals(authority, Files.readString(data.resolve("ca.pem")));
      assertEquals(
          "admin",
          TokenServiceGrpc.newBlockingStub(again.admin(again.adminToken()))
              .whoAmI(WhoAmIRequest.getDefaultInstance())
              .getRole());
    }
  }

  @Test
  void aPortInUseStopsTheStartBeforeAnythingIsMade() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path data = folder.resolve("none");
      HostPort admin = new HostPort("127.0.0.1", taken.getLocalPort());

      StartException refused =
          assertThrows(
              StartException.class,
              () ->
                  CoordinatorProgram.start(
                      Running.config(data, admin, Optional.empty()),
                      "test",
                      Armed.nothing(),
                      _ -> {}));

      says("127.0.0.1:" + admin.port(), refused);
      says("--admin-listen", refused);
      assertFalse(Files.exists(data), "the data folder");
    }
  }

  @Test
  void aSecondCoordinatorOnTheSameFolderIsRefusedAndChangesNothing() throws Exception {
    Path data = folder.resolve("one");
    try (Running first = Running.start(data)) {
      Map<String, FileTime> before = files(data);

      StoreException refused = assertThrows(StoreException.class, () -> Running.start(data));

      says("another coordinator", refused);
      assertEquals(before, files(data));
      assertEquals(
          "admin",
          TokenServiceGrpc.newBlockingStub(first.admin(first.adminToken()))
              .whoAmI(WhoAmIRequest.getDefaultInstance())
              .getName());
    }
  }

  @Test
  void aFolderThatOthersCanWriteIsRefused() throws Exception {
    Path data = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwx---"));

    StartException refused = assertThrows(StartException.class, () -> Running.start(data));

    says("chmod 700 " + data, refused);
    assertEquals(Map.of(), files(data));
  }

  @Test
  void aSecretThatOthersCanReadIsRefused() throws Exception {
    Path data = folder.resolve("leak");
    Running.start(data).close();
    Files.setPosixFilePermissions(
        data.resolve("ca.key"), PosixFilePermissions.fromString("rw-r-----"));

    StartException refused = assertThrows(StartException.class, () -> Running.start(data));

    says("chmod 600", refused);
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedAndLeftAsItIs() throws Exception {
    Path data = folder.resolve("damaged");
    Running.start(data).close();
    Files.delete(data.resolve("holdfast.db"));
    byte[] rubbish =
        "this is no database".repeat(100).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Files.write(data.resolve("holdfast.db"), rubbish);
    Files.setPosixFilePermissions(
        data.resolve("holdfast.db"), PosixFilePermissions.fromString("rw-------"));

    StoreException refused = assertThrows(StoreException.class, () -> Running.start(data));

    says("restore it from a backup", refused);
    assertEquals(1, String.valueOf(refused.getMessage()).lines().count());
    org.junit.jupiter.api.Assertions.assertArrayEquals(
        rubbish, Files.readAllBytes(data.resolve("holdfast.db")));
  }

  @Test
  void anAuthorityWithoutItsDatabaseIsRefused() throws Exception {
    Path data = folder.resolve("half");
    Running.start(data).close();
    Files.delete(data.resolve("holdfast.db"));

    StartException refused = assertThrows(StartException.class, () -> Running.start(data));

    says("no database", refused);
  }

  @Test
  void theTrustDomainIsThatOfTheFirstStartForEver() throws Exception {
    Path data = folder.resolve("domain");
    CoordinatorProgram.start(
            Running.config(data, ANY, Optional.of("one.example")), "test", Armed.nothing(), _ -> {})
        .close();

    StartException refused =
        assertThrows(
            StartException.class,
            () ->
                CoordinatorProgram.start(
                    Running.config(data, ANY, Optional.of("two.example")),
                    "test",
                    Armed.nothing(),
                    _ -> {}));

    says("one.example", refused);
    Running.start(data).close();
  }

  @Test
  void theLocalSocketAnswersWhatIsNoRequestAndGoesOn() throws Exception {
    Path data = folder.resolve("local");
    try (Running running = Running.start(data)) {
      Path socket = running.data().resolve("admin.sock");
      for (String text : List.of("", "{", "[]", "{}", "{\"action\":\"list-tokens\"}")) {
        String answer = say(socket, text + "\n");
        assertTrue(answer.contains("this is no request"), text + " is answered with " + answer);
      }
      assertEquals(List.of("admin good"), states(data));
    }
  }

  private static String say(Path socket, String text) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void tokensAreMadeListedAndRevokedWithAndWithoutACoordinatorThatRuns() throws Exception {
    Path data = folder.resolve("tokens");
    Running.start(data).close();
    create(data, "offline");
    try (Running running = Running.start(data)) {
      create(data, "online");

      assertEquals(List.of("admin good", "offline good", "online good"), states(data));
      LocalAdministration.perform(data, "revoke-token", Map.of("name", "offline"));
      assertTrue(Files.exists(running.data().resolve("admin.sock")));
    }
    assertEquals(List.of("admin good", "offline revoked", "online good"), states(data));
    StartException twice = assertThrows(StartException.class, () -> create(data, "online"));
    says("revoke it first", twice);
    assertNotEquals("", create(data, "offline"));
    StartException unknown =
        assertThrows(
            StartException.class,
            () -> LocalAdministration.perform(data, "revoke-token", Map.of("name", "nobody")));
    says("'nobody'", unknown);
  }

  @Test
  void aSocketThatACrashLeftDoesNotStandInTheWay() throws Exception {
    Path data = folder.resolve("crash");
    Running.start(data).close();
    Files.createFile(data.resolve("admin.sock"));

    create(data, "early");
    try (Running running = Running.start(data)) {
      assertNotEquals("", create(running.data(), "late"));
    }
  }

  private static String create(Path data, String name) throws Exception {
    return LocalAdministration.perform(
            data, "create-token", Map.of("name", name, "role", "viewer", "seconds", "60"))
        .getFirst()
        .getFirst();
  }

  private static List<String> states(Path data) throws Exception {
    return LocalAdministration.perform(data, "list-tokens", Map.of()).stream()
        .map(row -> row.getFirst() + " " + row.getLast())
        .toList();
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  /** Every file and when it was changed. */
  private static Map<String, FileTime> files(Path data) throws IOException {
    Map<String, FileTime> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(data)) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), Files.getLastModifiedTime(file));
      }
    }
    return files;
  }

  private static void says(String words, Exception refused) {
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(words), message);
  }
}
