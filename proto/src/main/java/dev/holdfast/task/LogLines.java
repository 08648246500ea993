package dev.holdfast.task;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Standard error, one line an event: {@code TIME LEVEL component message key=value...}. Control
 * characters are escaped, so that no text from outside begins a line of its own; the stack of a
 * failure follows on the same line. The logger prints an event as text, its stack as objects, and
 * then flushes.
 */
public final class LogLines extends PrintStream {
  private static final int MAX_CHARS = 16_384;

  /** The logging library puts a dash between the component and the message. */
  private static final Pattern DASH = Pattern.compile("^(\\S+ [A-Z]+ \\S+) - ");

  private final StringBuilder event = new StringBuilder();

  /**
   * On to a stream, in UTF-8. What was printed last is held back until {@link #flush}: its stack
   * may follow.
   */
  public LogLines(OutputStream out) {
    super(out, false, StandardCharsets.UTF_8);
  }

  @Override
  public void println(@Nullable String text) {
    synchronized (this) {
      end();
      event.append(DASH.matcher(String.valueOf(text)).replaceFirst("$1 "));
    }
  }

  @Override
  public void println(@Nullable Object part) {
    synchronized (this) {
      event.append(" | ").append(String.valueOf(part).strip());
    }
  }

  @Override
  public void flush() {
    synchronized (this) {
      end();
      super.flush();
    }
  }

  private void end() {
    if (event.isEmpty()) {
      return;
    }
    StringBuilder line = new StringBuilder();
    event
        .codePoints()
        .limit(MAX_CHARS)
        .forEach(
            point -> {
              if (Character.isISOControl(point)
                  || Character.getType(point) == Character.FORMAT
                  || Character.getType(point) == Character.LINE_SEPARATOR
                  || Character.getType(point) == Character.PARAGRAPH_SEPARATOR) {
                line.append(String.format("\\u%04x", point));
              } else {
                line.appendCodePoint(point);
              }
            });
    event.setLength(0);
    byte[] bytes = line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    super.write(bytes, 0, bytes.length);
  }
}
