package dev.holdfast.agent.state;

import dev.holdfast.agent.state.Host.Access;
import dev.holdfast.agent.state.Host.Body;
import dev.holdfast.agent.state.Host.Entry;
import dev.holdfast.agent.state.Host.Kind;
import dev.holdfast.report.Drift;
import dev.holdfast.state.ManagedFile;
import dev.holdfast.state.ManagedFile.Form;
import dev.holdfast.task.RunLimits;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Keeps a file, a folder, a link, or a part of a file. */
final class KeptFile implements Kept {
  private static final String TYPE = "type";
  private static final String CONTENT = "content";
  private static final String NOTHING = "absent";
  private static final int FILE_MODE = 0644;
  private static final int FOLDER_MODE = 0755;
  private static final int OTHERS_READ = 04;

  private final Host host;
  private final ManagedFile file;
  private Optional<String> fetched = Optional.empty();

  KeptFile(Host host, ManagedFile file) {
    this.host = host;
    this.file = file;
  }

  @Override
  public List<Drift> check() {
    Optional<Entry> there = host.look(file.path());
    Drifts drifts = new Drifts(file.path());
    switch (file.form()) {
      case Form.Absent _ ->
          there.ifPresent(entry -> drifts.add(TYPE, entry.kind().word(), NOTHING));
      case Form.Link(var target) -> {
        if (type(drifts, there, Kind.LINK)) {
          drifts.compare("target", there.orElseThrow().target(), Optional.of(target));
        }
      }
      case Form.Folder _ -> {
        if (type(drifts, there, Kind.FOLDER)) {
          access(drifts, there.orElseThrow());
        }
      }
      case Form.Present _ -> {
        if (type(drifts, there, Kind.FILE)) {
          access(drifts, there.orElseThrow());
        }
      }
      case Form.Content(var text) -> {
        if (type(drifts, there, Kind.FILE)) {
          content(drifts, there.orElseThrow(), text);
          access(drifts, there.orElseThrow());
        }
      }
      case Form.Copy(var source, var sha256) -> {
        if (type(drifts, there, Kind.FILE)) {
          copy(drifts, source, sha256);
          access(drifts, there.orElseThrow());
        }
      }
      case Form.Part(var _, var present) -> part(drifts, there, present);
    }
    return drifts.list();
  }

  @Override
  public void apply(List<Drift> differs) {
    Optional<Entry> there = host.look(file.path());
    if (!(file.form() instanceof Form.Absent) && file.parents()) {
      makeParents(parent(file.path()));
    }
    switch (file.form()) {
      case Form.Absent(var recursive) -> {
        if (recursive && file.path().indexOf('/', 1) < 0) {
          throw new HostException(
              file.path()
                  + " is at the root of the host; it is not removed with all that is in it");
        }
        backup(there);
        host.remove(file.path(), recursive);
      }
      case Form.Link(var target) -> {
        notA(Kind.FOLDER, there);
        backup(there);
        host.link(file.path(), target);
      }
      case Form.Folder _ -> {
        if (there.isEmpty()) {
          host.makeFolder(file.path(), wanted(there));
        } else if (there.get().kind() == Kind.FOLDER) {
          host.access(file.path(), wanted(there));
        } else {
          throw wrongKind(there.get(), "directory");
        }
      }
      case Form.Present _ -> write(there, Drifts.has(differs, TYPE), new Body.Text(""));
      case Form.Content(var text) -> write(there, whole(differs), new Body.Text(text));
      case Form.Copy(var source, var sha256) ->
          write(there, whole(differs), whole(differs) ? source(source, sha256) : new Body.Text(""));
      case Form.Part(var part, var present) -> {
        String before = there.isPresent() ? text() : "";
        write(
            there, whole(differs), new Body.Text(present ? part.put(before) : part.remove(before)));
      }
    }
  }

  private static boolean whole(List<Drift> differs) {
    return Drifts.has(differs, TYPE) || Drifts.has(differs, CONTENT);
  }

  private void write(Optional<Entry> there, boolean content, Body body) {
    notA(Kind.FOLDER, there);
    notA(Kind.OTHER, there);
    if (content) {
      backup(there);
      host.put(file.path(), body, wanted(there));
    } else {
      host.access(file.path(), wanted(there));
    }
  }

  /** As it is said, else as it is, else as such a thing usually is. */
  private Access wanted(Optional<Entry> there) {
    Access usual =
        there
            .filter(entry -> entry.kind() != Kind.LINK)
            .map(Entry::access)
            .orElse(
                new Access(
                    file.form() instanceof Form.Folder ? FOLDER_MODE : FILE_MODE, "root", "root"));
    return new Access(
        file.mode().orElse(usual.mode()),
        file.owner().orElse(usual.owner()),
        file.group().orElse(usual.group()));
  }

  private boolean type(Drifts drifts, Optional<Entry> there, Kind wanted) {
    if (there.isPresent() && there.get().kind() == wanted) {
      return true;
    }
    drifts.add(TYPE, there.map(entry -> entry.kind().word()).orElse(NOTHING), wanted.word());
    return false;
  }

  private void access(Drifts drifts, Entry there) {
    drifts.compare("mode", octal(there.mode()), file.mode().map(KeptFile::octal));
    drifts.compare("owner", there.owner(), file.owner().map(host::userName));
    drifts.compare("group", there.group(), file.group().map(host::groupName));
  }

  private void content(Drifts drifts, Entry there, String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (there.bytes() > RunLimits.MAX_EDITED_BYTES) {
      drifts.add(CONTENT, there.bytes() + " bytes", bytes + " bytes");
      return;
    }
    String actual = text();
    if (!actual.equals(text)) {
      differing(drifts, there, actual, text);
    }
  }

  private void copy(Drifts drifts, String source, Optional<String> sha256) {
    if (sha256.isPresent()) {
      String actual = host.sha256(file.path());
      if (!actual.equals(sha256.get())) {
        drifts.add(CONTENT, shown("sha256 " + actual), shown("sha256 " + sha256.get()));
      }
      return;
    }
    if (host.look(source).filter(entry -> entry.kind() == Kind.FILE).isEmpty()) {
      throw new HostException("the source " + source + " is no file");
    }
    if (!host.same(source, file.path())) {
      drifts.add(
          CONTENT,
          shown("sha256 " + host.sha256(file.path())),
          shown("sha256 " + host.sha256(source)));
    }
  }

  private String shown(String text) {
    return file.secret() ? Drifts.MASKED : text;
  }

  private void part(Drifts drifts, Optional<Entry> there, boolean present) {
    Form.Part form = (Form.Part) file.form();
    if (there.isPresent() && there.get().kind() == Kind.LINK) {
      throw new HostException(
          file.path()
              + " is a link to "
              + there.get().target()
              + "; name the file itself to keep a part of it");
    }
    if (there.isEmpty() && !present) {
      return;
    }
    if (!type(drifts, there, Kind.FILE)) {
      return;
    }
    Entry entry = there.orElseThrow();
    String actual = text();
    String desired = present ? form.part().put(actual) : form.part().remove(actual);
    if (!actual.equals(desired)) {
      differing(drifts, entry, actual, desired);
    }
    access(drifts, entry);
  }

  /** Tells the first line that differs, unless only some may read it. */
  private void differing(Drifts drifts, Entry there, String actual, String desired) {
    boolean open =
        (there.mode() & OTHERS_READ) != 0
            && file.mode().map(mode -> (mode & OTHERS_READ) != 0).orElse(true);
    if (file.secret() || !open) {
      drifts.add(CONTENT, Drifts.MASKED, Drifts.MASKED);
      return;
    }
    List<String> is = List.of(actual.split("\n", -1));
    List<String> should = List.of(desired.split("\n", -1));
    int at = 0;
    while (at < is.size() && at < should.size() && is.get(at).equals(should.get(at))) {
      at++;
    }
    drifts.add(CONTENT, line(is, at), line(should, at));
  }

  private static String line(List<String> lines, int at) {
    boolean end = at >= lines.size() || (at == lines.size() - 1 && lines.get(at).isEmpty());
    return "line " + (at + 1) + ": " + (end ? "end of file" : lines.get(at));
  }

  private String text() {
    return host.read(file.path(), RunLimits.MAX_EDITED_BYTES);
  }

  private Body source(String source, Optional<String> sha256) {
    String path = source;
    if (!source.startsWith("/")) {
      if (fetched.isEmpty()) {
        fetched = Optional.of(host.fetch(URI.create(source)));
      }
      path = fetched.get();
    }
    if (sha256.isPresent()) {
      String actual = host.sha256(path);
      if (!actual.equals(sha256.get())) {
        throw new HostException(
            "the source "
                + (source.startsWith("/") ? source : HttpsSource.shown(URI.create(source)))
                + " has sha256 "
                + actual
                + ", not "
                + sha256.get());
      }
    }
    return new Body.CopyOf(path);
  }

  private void backup(Optional<Entry> there) {
    if (file.backup() && there.isPresent() && there.get().kind() == Kind.FILE) {
      String parent = parent(file.path());
      String name = file.path().substring(file.path().lastIndexOf('/') + 1);
      host.put(
          (parent.equals("/") ? "" : parent) + "/." + name + ".holdfast-backup",
          new Body.CopyOf(file.path()),
          there.get().access());
    }
  }

  private void makeParents(String folder) {
    if (folder.equals("/") || host.look(folder).isPresent()) {
      return;
    }
    makeParents(parent(folder));
    host.makeFolder(folder, new Access(FOLDER_MODE, "root", "root"));
  }

  private void notA(Kind kind, Optional<Entry> there) {
    if (there.isPresent() && there.get().kind() == kind) {
      throw wrongKind(there.get(), file.form() instanceof Form.Link ? "link" : "file");
    }
  }

  private HostException wrongKind(Entry there, String wanted) {
    return new HostException(
        file.path()
            + " is a "
            + there.kind().word()
            + " and has to be a "
            + wanted
            + "; it is not removed for that");
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }

  private static String octal(int mode) {
    return String.format("%04o", mode);
  }
}
