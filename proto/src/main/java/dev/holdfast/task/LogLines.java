package dev.holdfast.task;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a program's log goes: each line that is printed stays one line, whatever foreign text is in
 * it. Control characters and the marks that turn the direction of writing are shown as {@code \}
 * and their code.
 */
public final class LogLines extends PrintStream {
  private static final Pattern STRANGE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]");

  /** The logging library puts a dash between the component and the message. */
  private static final Pattern DASH = Pattern.compile("^(\\S+ [A-Z]+ \\S+) - ");

  /** On to a stream, in UTF-8. */
  public LogLines(OutputStream out) {
    super(out, true, StandardCharsets.UTF_8);
  }

  @Override
  public void println(String line) {
    super.println(DASH.matcher(shown(line)).replaceFirst("$1 "));
  }

  /** The text in a form that is safe in a line. */
  public static String shown(String text) {
    return STRANGE
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(String.format("\\u%04x", (int) found.group().charAt(0))));
  }
}
