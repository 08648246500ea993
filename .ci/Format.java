import com.google.googlejavaformat.java.Main;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or mends the form of the Java sources below some folders: {@code java -cp google-java-format.jar
 * .ci/Format.java check|fix FOLDER...}. Exit code 1 if a file is not in form.
 */
final class Format {
  public static void main(String[] arguments) throws Exception {
    boolean fix = arguments[0].equals("fix");
    List<String> call = new ArrayList<>(fix ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    for (int i = 1; i < arguments.length; i++) {
      Path folder = Path.of(arguments[i]);
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(file -> call.add(file.toString()));
        }
      }
    }
    if (call.stream().noneMatch(word -> word.endsWith(".java"))) {
      return;
    }
    PrintWriter out = new PrintWriter(System.out, true);
    PrintWriter err = new PrintWriter(System.err, true);
    int code = new Main(out, err, System.in).format(call.toArray(String[]::new));
    if (code != 0 && !fix) {
      System.err.println("The files above are not in form. Mend them with: .ci/format");
    }
    System.exit(code);
  }
}
