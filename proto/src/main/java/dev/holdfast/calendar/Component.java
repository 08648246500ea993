package dev.holdfast.calendar;

import com.github.mangstadt.vinnie.VObjectProperty;
import com.github.mangstadt.vinnie.io.Context;
import com.github.mangstadt.vinnie.io.SyntaxRules;
import com.github.mangstadt.vinnie.io.VObjectDataListener;
import com.github.mangstadt.vinnie.io.VObjectReader;
import com.github.mangstadt.vinnie.io.Warning;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands between a {@code BEGIN} and its {@code END}.
 *
 * @param name upper case
 * @param line of its {@code BEGIN}
 */
record Component(String name, int line, List<Property> properties, List<Component> components) {

  /**
   * One line of the text, unfolded.
   *
   * @param name upper case
   * @param value as written
   * @param parameters the first value of each, by its name in upper case
   * @param line from 1
   */
  record Property(String name, String value, Map<String, String> parameters, int line) {
    /** A parameter's value in upper case; empty if there is none. */
    String keyword(String parameter) {
      return parameters.getOrDefault(parameter, "").toUpperCase(Locale.ROOT);
    }
  }

  /** The properties of a name, in the order of the text. */
  List<Property> all(String wanted) {
    return properties.stream().filter(property -> property.name.equals(wanted)).toList();
  }

  /** The only property of a name; that there is another is told. */
  Optional<Property> one(String wanted, Findings findings) {
    List<Property> found = all(wanted);
    if (found.size() > 1) {
      findings.error(found.get(1).line, wanted + " a second time; one is allowed here");
    }
    return found.stream().findFirst();
  }

  /** The components of a name, in the order of the text. */
  List<Component> parts(String wanted) {
    return components.stream().filter(part -> part.name.equals(wanted)).toList();
  }

  /** Reads the components that a text consists of. */
  static List<Component> read(String text, Findings findings) {
    Building building = new Building(findings);
    try (VObjectReader reader =
        new VObjectReader(new StringReader(text), SyntaxRules.iCalendar())) {
      reader.parse(building);
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory could not be read", e);
    }
    return building.finished();
  }

  /** Collects what the reader of the syntax comes upon. */
  private static final class Building implements VObjectDataListener {
    private final Findings findings;
    private final List<Component> roots = new ArrayList<>();
    private final Deque<Component> open = new ArrayDeque<>();

    Building(Findings findings) {
      this.findings = findings;
    }

    List<Component> finished() {
      for (Component unended : open) {
        findings.error(unended.line, "BEGIN:" + unended.name + " without its END");
      }
      return roots;
    }

    @Override
    public void onComponentBegin(String name, Context context) {
      if (open.size() >= CalendarLimits.MAX_DEPTH) {
        findings.error(
            context.getLineNumber(),
            "components within each other, more than "
                + CalendarLimits.MAX_DEPTH
                + " deep; no more are allowed");
        context.stop();
        return;
      }
      Component component =
          new Component(
              name.toUpperCase(Locale.ROOT),
              context.getLineNumber(),
              new ArrayList<>(),
              new ArrayList<>());
      Component parent = open.peekLast();
      (parent == null ? roots : parent.components).add(component);
      open.addLast(component);
    }

    @Override
    public void onComponentEnd(String name, Context context) {
      Component ended = open.pollLast();
      if (ended != null && !ended.name.equalsIgnoreCase(name)) {
        findings.error(
            context.getLineNumber(),
            "END:"
                + name.toUpperCase(Locale.ROOT)
                + " where that of "
                + ended.name
                + " of line "
                + ended.line
                + " is due");
      }
    }

    @Override
    public void onProperty(VObjectProperty property, Context context) {
      Component component = open.peekLast();
      if (component == null) {
        findings.error(context.getLineNumber(), "a line outside of BEGIN and END");
        context.stop();
        return;
      }
      Map<String, String> parameters = new HashMap<>();
      for (Map.Entry<String, List<String>> parameter : property.getParameters()) {
        if (parameter.getKey() != null) {
          parameter.getValue().stream()
              .findFirst()
              .ifPresent(
                  value -> parameters.put(parameter.getKey().toUpperCase(Locale.ROOT), value));
        }
      }
      component.properties.add(
          new Property(
              property.getName().toUpperCase(Locale.ROOT),
              property.getValue(),
              parameters,
              context.getLineNumber()));
    }

    @Override
    public void onVersion(String value, Context context) {
      Component component = open.peekLast();
      if (component != null) {
        component.properties.add(new Property("VERSION", value, Map.of(), context.getLineNumber()));
      }
    }

    @Override
    public void onWarning(
        Warning warning,
        @Nullable VObjectProperty property,
        @Nullable Exception thrown,
        Context context) {
      switch (warning) {
        case MALFORMED_LINE ->
            findings.error(
                context.getLineNumber(),
                Findings.quoted(context.getUnfoldedLine()) + " is no line of an iCalendar text");
        case EMPTY_BEGIN, EMPTY_END ->
            findings.error(context.getLineNumber(), "BEGIN or END without a name");
        case UNMATCHED_END ->
            findings.error(context.getLineNumber(), "an END whose BEGIN is missing");
        case UNKNOWN_VERSION, UNKNOWN_CHARSET, QUOTED_PRINTABLE_ERROR -> {
          // A version is judged where it is read; the others concern texts that nobody looks at.
        }
      }
    }
  }
}
