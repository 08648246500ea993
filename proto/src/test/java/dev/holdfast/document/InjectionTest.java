package dev.holdfast.document;

import static dev.holdfast.document.Texts.q;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Values that would like to be more than values, one for each way that is known. In text mode they
 * stand in the script exactly once and as they are, and the document's author was warned; by
 * ENV_VAR no byte of them is in the script.
 */
final class InjectionTest {
  private static final List<String> PAYLOADS =
      List.of(
          "; touch /tmp/x",
          "&& touch /tmp/x",
          "|| touch /tmp/x",
          "| tee /tmp/x",
          "& touch /tmp/x &",
          "$(touch /tmp/x)",
          "`touch /tmp/x`",
          "${IFS}touch${IFS}/tmp/x",
          "$((1+1))",
          "${HOME}",
          "$HOME",
          "$$",
          "$$$$",
          "$1 $@ $* $#",
          "'; touch /tmp/x; '",
          "\"; touch /tmp/x; \"",
          "'\"'\"'",
          "\\",
          "\\\"",
          "\\n\\0\\x41",
          "a\nb",
          "a\r\nb",
          "\n",
          "\ttab\t",
          "-rf /",
          "--help",
          "-",
          "~root",
          "*",
          "?[a-z]{1,2}",
          "{a,b}",
          "> /tmp/x",
          "< /etc/passwd",
          "2>&1",
          "# comment",
          "!history",
          "%s%n%d",
          "EOF\ntouch /tmp/x\nEOF",
          "{{ otherSecret }}",
          "{{otherSecret}}{{ p }}",
          "{{ p }}",
          "{{ssm-x}} {{global:DATE}}",
          "SSM_p=1",
          "${SSM_p}",
          "<script>&amp;</script>",
          "\u202ertl \u200b \ud83d\ude00",
          "e\u0301 \uff04(x)");

  /** A type, how a payload is a value of it, and how that is text. */
  private record Form(String type, boolean list, boolean map) {
    Value value(String payload) {
      Value text = new Value.Text(payload);
      Value one = map ? new Value.Fields(Map.of("k", text)) : text;
      return list ? new Value.Items(List.of(one, one)) : one;
    }
  }

  private static final List<Form> FORMS =
      List.of(
          new Form("String", false, false),
          new Form("StringList", true, false),
          new Form("StringMap", false, true),
          new Form("MapList", true, true));

  @Test
  void thereAreAsManyPayloadsAsPromised() {
    assertTrue(PAYLOADS.size() >= 40);
  }

  @Test
  void inTextModeAValueIsPastedOnceAsItIs() {
    for (Form form : FORMS) {
      Document document = document(form, "");
      for (String payload : PAYLOADS) {
        Map<String, Value> values = checked(document, form, payload);

        String expected = JsonText.inText(form.value(payload));
        assertEquals("echo [" + expected + "] end\n", script(document, values), payload);
        assertEquals(Map.of(), Substitution.environment(document, values));
      }
    }
  }

  @Test
  void byEnvironmentNothingOfAValueIsInTheScript() {
    for (Form form : FORMS) {
      Document document = document(form, ",'interpolationType':'ENV_VAR'");
      for (String payload : PAYLOADS) {
        Map<String, Value> values = checked(document, form, payload);

        assertEquals("echo [${SSM_p}] end\n", script(document, values), payload);
        assertEquals(
            Map.of("SSM_p", JsonText.inText(form.value(payload))),
            Substitution.environment(document, values));
      }
    }
  }

  @Test
  void aValueThatIsAScriptIsThatScript() {
    Document document =
        Texts.document(
            Texts.with(
                q("{'p':{'type':'StringList'},'otherSecret':{'type':'String','default':'s3cret'}}"),
                Texts.step(q("{'runCommand':'{{ p }}'}"))));
    for (String payload : PAYLOADS) {
      Map<String, Value> values = checked(document, FORMS.get(1), payload);

      assertEquals(payload + "\n" + payload + "\n", script(document, values), payload);
    }
  }

  @Test
  void numbersAndTruthsAreNeverAnythingElse() {
    for (String type : List.of("Integer", "Boolean")) {
      Document document = document(new Form(type, false, false), "");
      for (String payload : PAYLOADS) {
        ParameterRules.Check check =
            ParameterRules.check(document, Map.of("p", new Value.Text(payload)));
        assertFalse(check.ok(), type + payload);
      }
    }
    Document number = document(new Form("Integer", false, false), "");
    Map<String, Value> values =
        ParameterRules.check(number, Map.of("p", new Value.Text(" 7 "))).values();
    assertEquals("echo [7] end\n", script(number, values));
  }

  @Test
  void theAuthorWasWarnedOfTextMode() {
    assertEquals(
        1, Texts.warnings(text(FORMS.getFirst(), "")).size(), "a String without constraints");
    assertEquals(
        0, Texts.warnings(text(FORMS.getFirst(), ",'interpolationType':'ENV_VAR'")).size());
  }

  @Test
  void controlCharactersAreNoValues() {
    Document document = document(FORMS.getFirst(), "");
    for (char c : new char[] {0, 7, 8, 0x1b, 0x7f, 0x9b}) {
      ParameterRules.Check check =
          ParameterRules.check(document, Map.of("p", new Value.Text("a" + c)));
      assertEquals(
          List.of("'p' has the control character U+%04X".formatted((int) c)), check.errors());
    }
  }

  private static Map<String, Value> checked(Document document, Form form, String payload) {
    ParameterRules.Check check = ParameterRules.check(document, Map.of("p", form.value(payload)));
    assertEquals(List.of(), check.errors(), payload);
    return check.values();
  }

  private static String script(Document document, Map<String, Value> values) {
    Value inputs = Substitution.inputs(document.steps().getFirst(), document, values);
    return Scripts.text(((Value.Fields) inputs).fields()).orElseThrow();
  }

  private static Document document(Form form, String more) {
    return Texts.document(text(form, more));
  }

  private static String text(Form form, String more) {
    return Texts.with(
        q(
            "{'p':{'type':'"
                + form.type
                + "'"
                + more
                + "},'otherSecret':{'type':'String','default':'s3cret'}}"),
        Texts.step(q("{'runCommand':['echo [{{ p }}] end']}")));
  }
}
