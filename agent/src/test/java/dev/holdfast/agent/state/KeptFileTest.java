package dev.holdfast.agent.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.state.Host.Access;
import dev.holdfast.agent.state.Host.Kind;
import dev.holdfast.report.Drift;
import dev.holdfast.state.ManagedFile;
import dev.holdfast.state.ManagedFile.Form;
import dev.holdfast.state.TextPart;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class KeptFileTest {
  private static final Optional<String> NONE = Optional.empty();

  private final MemoryHost host = new MemoryHost();

  @Test
  void aFileThatIsMissingIsMadeAsSuchThingsUsuallyAre() {
    ManagedFile file = file("/etc/a", new Form.Content("x\n"));

    keep(file, new Drift("/etc/a", "type", "absent", "file"));

    assertEquals("x\n", host.content("/etc/a"));
    assertEquals(new Access(0644, "root", "root"), host.look("/etc/a").orElseThrow().access());
  }

  @Test
  void whatIsNotSaidOfAFileStaysAsItIs() {
    host.with("/etc/a", "old\n", 0640);
    host.access("/etc/a", new Access(0640, "me", "us"));

    keep(
        file("/etc/a", new Form.Content("new\n")),
        new Drift("/etc/a", "content", Drifts.MASKED, Drifts.MASKED));

    assertEquals(new Access(0640, "me", "us"), host.look("/etc/a").orElseThrow().access());
  }

  @Test
  void modeOwnerAndGroupAreEachADifference() {
    host.with("/etc/a", "x");
    ManagedFile file =
        new ManagedFile(
            "/etc/a",
            new Form.Present(),
            Optional.of(04750),
            Optional.of("0"),
            Optional.of("adm"),
            false,
            false,
            false);

    keep(
        file,
        new Drift("/etc/a", "mode", "0644", "4750"),
        new Drift("/etc/a", "group", "root", "adm"));

    assertEquals("x", host.content("/etc/a"));
  }

  @Test
  void theFirstLineThatDiffersIsToldOfAFileThatEverybodyMayRead() {
    host.with("/etc/a", "one\ntwo\nthree\n");

    keep(
        file("/etc/a", new Form.Content("one\n2\nthree\n")),
        new Drift("/etc/a", "content", "line 2: two", "line 2: 2"));
    keep(
        file("/etc/a", new Form.Content("one\n")),
        new Drift("/etc/a", "content", "line 2: 2", "line 2: end of file"));
  }

  @Test
  void noContentIsToldThatIsASecretOrThatOnlySomeMayRead() {
    Drift masked = new Drift("/etc/a", "content", Drifts.MASKED, Drifts.MASKED);
    host.with("/etc/a", "old secret\n", 0600);
    keep(file("/etc/a", new Form.Content("new secret\n")), masked);
    host.with("/etc/a", "old secret\n");
    keep(file("/etc/a", new Form.Content("new secret\n")).asSecret(), masked);
    host.with("/etc/a", "old secret\n");
    ManagedFile closing =
        new ManagedFile(
            "/etc/a",
            new Form.Content("new secret\n"),
            Optional.of(0600),
            NONE,
            NONE,
            false,
            false,
            false);
    keep(closing, masked, new Drift("/etc/a", "mode", "0644", "0600"));
    host.with("/etc/b", "x").with("/etc/a", "y");
    keep(file("/etc/a", new Form.Copy("/etc/b", NONE)).asSecret(), masked);
  }

  @Test
  void aLinkIsReplacedAndWhatItLeadsToIsNot() {
    host.with("/etc/real", "precious");
    host.link("/etc/a", "/etc/real");

    keep(file("/etc/a", new Form.Content("x")), new Drift("/etc/a", "type", "link", "file"));

    assertEquals("precious", host.content("/etc/real"));
    assertEquals(Kind.FILE, host.look("/etc/a").orElseThrow().kind());
  }

  @Test
  void aPartOfAFileThatIsALinkIsRefused() {
    host.with("/etc/real", "precious");
    host.link("/etc/a", "/etc/real");
    KeptFile kept =
        new KeptFile(host, file("/etc/a", new Form.Part(new TextPart.Line("x", NONE), true)));

    HostException refused = assertThrows(HostException.class, kept::check);
    assertTrue(
        String.valueOf(refused.getMessage()).contains("link to /etc/real"), refused::toString);
  }

  @Test
  void aFolderIsNotRemovedToMakeAFileNorAFileToMakeAFolder() {
    host.withFolder("/etc/a").with("/etc/b", "x");

    assertThrows(HostException.class, () -> apply(file("/etc/a", new Form.Content("x"))));
    assertThrows(HostException.class, () -> apply(file("/etc/a", new Form.Link("/etc/b"))));
    assertThrows(HostException.class, () -> apply(file("/etc/b", new Form.Folder())));
    assertEquals("x", host.content("/etc/b"));
  }

  @Test
  void foldersOnTheWayAreMadeOnlyIfThatIsAsked() {
    assertThrows(HostException.class, () -> apply(file("/srv/x/y/z", new Form.Content(""))));

    keep(
        new ManagedFile(
            "/srv/x/y/z", new Form.Content(""), Optional.of(0600), NONE, NONE, true, false, false),
        new Drift("/srv/x/y/z", "type", "absent", "file"));

    assertEquals(new Access(0755, "root", "root"), host.look("/srv/x").orElseThrow().access());
  }

  @Test
  void aCopyHasToHaveTheHashThatWasSaid() {
    host.with("/etc/a", "mine").with("/srv/source", "theirs");
    String right = hash("theirs");
    String wrong = hash("others");

    HostException refused =
        assertThrows(
            HostException.class,
            () -> apply(file("/etc/a", new Form.Copy("/srv/source", Optional.of(wrong)))));
    assertTrue(String.valueOf(refused.getMessage()).contains(wrong), refused::toString);
    assertEquals("mine", host.content("/etc/a"));

    keep(
        file("/etc/a", new Form.Copy("/srv/source", Optional.of(right))),
        new Drift("/etc/a", "content", "sha256 " + hash("mine"), "sha256 " + right));
  }

  @Test
  void whatIsFetchedHasToHaveTheHashThatWasSaid() {
    String source = "https://files.example.org/a?key=secret";
    HostException refused =
        assertThrows(
            HostException.class,
            () -> apply(file("/etc/a", new Form.Copy(source, Optional.of(hash("other"))))));
    assertTrue(!String.valueOf(refused.getMessage()).contains("secret"), refused::toString);
    assertEquals(Optional.empty(), host.look("/etc/a"));

    keep(
        file("/etc/a", new Form.Copy(source, Optional.of(hash("from files.example.org")))),
        new Drift("/etc/a", "type", "absent", "file"));
  }

  @Test
  void whatWasThereIsKeptBesideItIfThatIsAsked() {
    host.with("/etc/a", "old", 0640);
    ManagedFile file =
        new ManagedFile(
            "/etc/a", new Form.Content("new"), Optional.empty(), NONE, NONE, false, true, false);

    apply(file);

    assertEquals("old", host.content("/etc/.a.holdfast-backup"));
    assertEquals(0640, host.look("/etc/.a.holdfast-backup").orElseThrow().mode());
  }

  @Test
  void aLinkLeadsWhereItShould() {
    keep(file("/etc/a", new Form.Link("/srv")), new Drift("/etc/a", "type", "absent", "link"));
    keep(file("/etc/a", new Form.Link("b")), new Drift("/etc/a", "target", "/srv", "b"));
  }

  @Test
  void nothingIsThereOnceItIsRemoved() {
    host.withFolder("/srv/x").with("/srv/x/y", "");

    assertThrows(HostException.class, () -> apply(file("/srv/x", new Form.Absent(false))));
    keep(file("/srv/x", new Form.Absent(true)), new Drift("/srv/x", "type", "directory", "absent"));
  }

  @Test
  void aFolderAtTheRootOfTheHostIsNotRemovedWithAllThatIsInIt() {
    host.with("/etc/x", "");

    assertThrows(HostException.class, () -> apply(file("/etc", new Form.Absent(true))));
    assertEquals("", host.content("/etc/x"));
  }

  @Test
  void aPartIsPutIntoAFileThatIsMissingAndNotMissedInOneThatShouldNotHaveIt() {
    TextPart line = new TextPart.Line("x", NONE);
    assertEquals(List.of(), new KeptFile(host, file("/etc/a", new Form.Part(line, false))).check());

    keep(file("/etc/a", new Form.Part(line, true)), new Drift("/etc/a", "type", "absent", "file"));

    assertEquals("x\n", host.content("/etc/a"));
  }

  @Test
  void aFileThatIsTooLargeToBeEditedIsRefused() {
    host.with("/etc/a", "x".repeat(RunLimits.MAX_EDITED_BYTES + 1));

    assertThrows(
        HostException.class,
        () ->
            new KeptFile(host, file("/etc/a", new Form.Part(new TextPart.Line("x", NONE), true)))
                .check());
  }

  private void keep(ManagedFile file, Drift... differs) {
    KeptFile kept = new KeptFile(host, file);
    List<Drift> found = kept.check();
    assertEquals(List.of(differs), found);
    kept.apply(found);
    assertEquals(List.of(), kept.check());
  }

  private void apply(ManagedFile file) {
    KeptFile kept = new KeptFile(host, file);
    kept.apply(kept.check());
  }

  private static ManagedFile file(String path, Form form) {
    return new ManagedFile(path, form, Optional.empty(), NONE, NONE, false, false, false);
  }

  private static String hash(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
