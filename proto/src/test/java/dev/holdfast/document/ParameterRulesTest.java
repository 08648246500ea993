package dev.holdfast.document;

import static dev.holdfast.document.Texts.parameter;
import static dev.holdfast.document.Texts.q;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.pattern.Patterns;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which values parameters take (spec.md section 1.4). */
final class ParameterRulesTest {
  private static final String NONE = "none";

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          String     | 'a'            | 'a'
          String     | ''             | ''
          String     | ['a']          | 'a'
          String     | 7              | '7'
          String     | true           | 'true'
          String     | ['a','b']      | none
          String     | {'a':'b'}      | none
          String     | []             | none
          StringList | ['a','b']      | ['a','b']
          StringList | 'a'            | ['a']
          StringList | []             | []
          StringList | [1,true]       | ['1','true']
          StringList | [['a']]        | none
          StringList | [{}]           | none
          StringList | {'a':'b'}      | none
          Integer    | 7              | 7
          Integer    | -7             | -7
          Integer    | '7'            | 7
          Integer    | ['7']          | 7
          Integer    | 7.0            | 7
          Integer    | 12345678901234567890 | 12345678901234567890
          Integer    | 7.5            | none
          Integer    | 'seven'        | none
          Integer    | ''             | none
          Integer    | true           | none
          Integer    | ['7','8']      | none
          Boolean    | true           | true
          Boolean    | false          | false
          Boolean    | 'true'         | true
          Boolean    | ['false']      | false
          Boolean    | 'True'         | none
          Boolean    | 'yes'          | none
          Boolean    | 1              | none
          StringMap  | {'a':'b','c':{}} | {'a':'b','c':{}}
          StringMap  | '{"a":"b"}'    | {'a':'b'}
          StringMap  | ['{"a":"b"}']  | {'a':'b'}
          StringMap  | 'a'            | none
          StringMap  | '[1]'          | none
          StringMap  | []             | none
          MapList    | [{'a':'b'},{}] | [{'a':'b'},{}]
          MapList    | ['{"a":1}']    | [{'a':1}]
          MapList    | '[{"a":1}]'    | [{'a':1}]
          MapList    | []             | []
          MapList    | ['a']          | none
          MapList    | {'a':'b'}      | none
          """)
  void aValueIsTakenAsItsTypeHasItOrNotAtAll(String type, String given, String expected) {
    Document document = document("{'type':'" + type + "'}");

    ParameterRules.Check check =
        ParameterRules.check(document, Map.of("p", Texts.value(json(given))));

    if (expected.equals(NONE)) {
      assertEquals(1, check.errors().size(), check.toString());
      assertTrue(
          check.errors().getFirst().startsWith("'p' is of type " + type + "; that can't be"));
    } else {
      assertEquals(List.of(), check.errors());
      assertEquals(Map.of("p", Texts.value(json(expected))), check.values());
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          'String','allowedValues':['a','b']                  | 'b'                | ok
          'String','allowedValues':['a','b']                  | 'c'                | 'p' is 'c'; allowed are a, b
          'String','allowedValues':['a','b']                  | 'A'                | 'p' is 'A'; allowed are a, b
          'StringList','allowedValues':['a','b']              | ['b','a','a']      | ok
          'StringList','allowedValues':['a','b']              | ['a','x','y']      | 'p' is 'x'; allowed are a, b
          'Integer','allowedValues':[1,'2']                   | '2'                | ok
          'Integer','allowedValues':[1,'2']                   | 3                  | 'p' is '3'; allowed are 1, 2
          'Boolean','allowedValues':[true]                    | true               | ok
          'Boolean','allowedValues':[true]                    | false              | 'p' is 'false'; allowed are true
          'StringMap','allowedValues':[{'a':'b'}]             | {'a':'b'}          | ok
          'StringMap','allowedValues':[{'a':'b'}]             | {'a':'c'}          | 'p' is '{"a":"c"}'; allowed are {"a":"b"}
          'MapList','allowedValues':[{'a':'b'}]               | [{'a':'b'}]        | ok
          'MapList','allowedValues':[{'a':'b'}]               | [{'a':'b'},{}]     | 'p' is '{}'; allowed are {"a":"b"}
          'String','allowedPattern':'^[a-z]+$'                | 'abc'              | ok
          'String','allowedPattern':'^[a-z]+$'                | 'ABC'              | 'p' is 'ABC'; it has to match ^[a-z]+$
          'String','allowedPattern':'^[a-z]+$'                | ''                 | 'p' is ''; it has to match ^[a-z]+$
          'String','allowedPattern':'b'                       | 'abc'              | ok
          'String','allowedPattern':''                        | 'abc'              | ok
          'StringList','allowedPattern':'^a'                  | ['ab','ac']        | ok
          'StringList','allowedPattern':'^a'                  | ['ab','ba']        | 'p' is 'ba'; it has to match ^a
          'StringList','allowedPattern':'^a'                  | []                 | ok
          'StringMap','allowedPattern':'"k":"v"'              | {'k':'v'}          | ok
          'StringMap','allowedPattern':'^k'                   | {'k':'v'}          | 'p' is '{"k":"v"}'; it has to match ^k
          'MapList','allowedPattern':'^.{9}$'                 | [{'k':'v'},{'a':'b'}] | ok
          'String','minChars':2                               | 'a'                | 'p' has 1 characters; at least 2 are needed
          'String','minChars':2                               | 'ab'               | ok
          'String','maxChars':2                               | 'abc'              | 'p' has 3 characters; at most 2 are allowed
          'String','maxChars':2                               | 'éé'               | ok
          'String','maxChars':'2'                             | 'abc'              | 'p' has 3 characters; at most 2 are allowed
          'StringList','maxChars':2                           | ['ab','c']         | ok
          'StringList','maxChars':2                           | ['ab','cde']       | 'p' has 3 characters; at most 2 are allowed
          'StringMap','minChars':9                            | {'a':'b'}          | ok
          'StringMap','minChars':10                           | {'a':'b'}          | 'p' has 9 characters; at least 10 are needed
          'Integer','minChars':9                              | 1                  | ok
          'StringList','minItems':2                           | ['a']              | 'p' has 1 items; at least 2 are needed
          'StringList','maxItems':1                           | ['a','b']          | 'p' has 2 items; at most 1 are allowed
          'StringMap','maxItems':1                            | {'a':1,'b':2}      | 'p' has 2 items; at most 1 are allowed
          'MapList','minItems':1                              | []                 | 'p' has 0 items; at least 1 are needed
          'String','minItems':5                               | 'a'                | ok
          'String','allowedValues':['a']                      | '{{ssm:name}}'     | ok
          'String','allowedPattern':'^a$'                     | '{{ ssm:name:3 }}' | ok
          'String','maxChars':3                               | '{{ssm-secure:x}}' | ok
          """)
  void aValueIsHeldToEveryConstraint(String definition, String given, String expected) {
    Document document = document("{'type':" + definition + "}");

    ParameterRules.Check check =
        ParameterRules.check(document, Map.of("p", Texts.value(json(given))));

    assertEquals(expected.equals("ok") ? List.of() : List.of(expected), first(check));
  }

  @Test
  void defaultsAreFilledInAndWhatHasNoneIsMissing() {
    Document document =
        Texts.document(
            Texts.with(
                q(
                    "{'a':{'type':'String','default':'d'},'b':{'type':'Integer','default':'3'},"
                        + "'c':{'type':'String'},'d':{'type':'String','default':null}}"),
                Texts.step("{\"runCommand\":[]}")));

    ParameterRules.Check check = ParameterRules.check(document, Map.of("a", new Value.Null()));

    assertEquals(List.of("c", "d"), check.missing());
    assertEquals(Texts.values(q("{'a':'d','b':3}")), check.values());
    assertFalse(check.ok());
  }

  @Test
  void everythingWrongIsToldAtOnce() {
    Document document =
        Texts.document(
            Texts.with(
                q(
                    "{'a':{'type':'String','maxChars':1,'allowedPattern':'^x'},"
                        + "'b':{'type':'Integer'},'c':{'type':'String'}}"),
                Texts.step("{\"runCommand\":[]}")));

    ParameterRules.Check check =
        ParameterRules.check(document, Texts.values(q("{'a':'yy','b':'z','C':'v'}")));

    assertEquals(
        List.of(
            "the document has no parameter 'C'; it has a, b, c",
            "'a' is 'yy'; it has to match ^x",
            "'a' has 2 characters; at most 1 are allowed",
            "'b' is of type Integer; that can't be \"z\""),
        check.errors());
    assertEquals(List.of("c"), check.missing());
  }

  @Test
  void aTextThatIsTooDeepOrTooLongForItsTypeIsRefusedByTheLimit() {
    String deep = "{\"a\":" + "[".repeat(50) + "]".repeat(50) + "}";

    assertTrue(
        error("StringMap", deep).endsWith(": lists and maps nested deeper than 50 levels"),
        error("StringMap", deep));
    assertTrue(
        error("Integer", "9".repeat(41)).endsWith(": a number of more than 40 digits"),
        error("Integer", "9".repeat(41)));
    assertEquals("'p' is of type Integer; that can't be \"z\"", error("Integer", "z"));
  }

  private static String error(String type, String text) {
    return ParameterRules.check(
            document("{'type':'" + type + "'}"), Map.of("p", new Value.Text(text)))
        .errors()
        .getFirst();
  }

  @Test
  void findingsAreBoundedAndSoIsEachOne() {
    Document document = document("{'type':'StringList','allowedValues':['a']}");
    Value many = new Value.Items(Collections.nCopies(2_000, new Value.Text("x".repeat(20))));

    ParameterRules.Check check = ParameterRules.check(document, Map.of("p", many));

    assertEquals(DocumentLimits.MAX_PROBLEMS + 1, check.errors().size());
    assertEquals("and 1900 more", check.errors().getLast());
    String one =
        ParameterRules.check(
                document("{'type':'String','allowedValues':['a']}"),
                Map.of("p", new Value.Text("x".repeat(40_000))))
            .errors()
            .getFirst();
    assertTrue(one.length() < 200, one);
  }

  @Test
  void patternsTakeTimeInProportionWhateverTheyAre() {
    for (String pattern :
        List.of(
            "^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "^([a-z]+)*b$", "(.*a){8}$", "^(a?){64}a{64}$")) {
      Document document = document("{'type':'String','allowedPattern':'" + pattern + "'}");
      Map<String, Value> value = Map.of("p", new Value.Text("a".repeat(4_095) + "!"));
      long best = Long.MAX_VALUE;
      for (int i = 0; i < 3; i++) {
        long started = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        ParameterRules.check(document, value);
        long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - started;
        best = Math.min(best, took / 1_000_000);
      }
      System.out.printf("D03 %-20s %d ms%n", pattern, best);
      assertTrue(best < 2 * 50, pattern + " took " + best + " ms");
    }
  }

  @ParameterizedTest(name = "{0} is {1} long")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '^',
      textBlock =
          """
          abc                    ; 3
          a{3}                   ; 4
          a{2,5}                 ; 6
          a{3,}                  ; 5
          a{,3}                  ; 5
          (ab){10}               ; 41
          ((a{10}){10}){10}      ; 1331
          [a-z]{4}               ; 5
          []a]{2}                ; 3
          [^]a]{2}               ; 3
          [[:alpha:]]{2}         ; 3
          [\\]]{2}               ; 3
          \\{2}                  ; 3
          a|b                    ; 3
          (a                     ; 1
          a)                     ; 3
          a*+?                   ; 4
          """)
  void thePatternWrittenOutIsMeasuredGenerously(String pattern, long size) {
    assertTrue(Patterns.size(pattern) >= Math.min(size, 1_000), pattern);
    assertTrue(Patterns.size(pattern) <= 2 * size + 2, pattern + " " + Patterns.size(pattern));
  }

  private static List<String> first(ParameterRules.Check check) {
    return check.errors().stream().limit(1).toList();
  }

  private static Document document(String definition) {
    return Texts.document(parameter(json(definition)));
  }

  private static String json(String written) {
    return q(written.replace("\"", "\\\""));
  }
}
