package dev.holdfast.document;

import static dev.holdfast.document.Texts.q;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands where a token stood (spec.md section 1.5). */
final class SubstitutionTest {
  private static final Map<String, Value> VALUES =
      Texts.values(
          q(
              "{'s':'text','t':'{{ s }}','half':'{{','rest':' s }}','l':['x','y'],'n':17,"
                  + "'big':123456789012,'f':false,'m':{'b':'<&>','a':null},'ml':[{'k':'v'}],"
                  + "'d':'$a $$b $$$c','e':'','S':'other','x_1':'under'}"));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          a text alone stays text                    | '{{ s }}'             | 'text'
          a list alone stays a list                  | '{{ l }}'             | ['x','y']
          a number alone stays a number              | '{{n}}'               | 17
          a truth alone stays a truth                | '{{ f }}'             | false
          a map alone stays a map                    | '{{ m }}'             | {'b':'<&>','a':null}
          a list of maps alone stays one             | '{{ ml }}'            | [{'k':'v'}]
          a text within text                         | 'a {{ s }}b'          | 'a textb'
          a blank makes it text                      | ' {{ l }}'            | ' ["x","y"]'
          a list within text is JSON                 | 'a {{ l }}'           | 'a ["x","y"]'
          a map within text is sorted and escaped    | '={{ m }}'            | '={"a":null,"b":"\\u003c\\u0026\\u003e"}'
          a list of maps within text                 | '={{ ml }}'           | '=[{"k":"v"}]'
          a number within text                       | '{{n}}!'              | '17!'
          a long number within text                  | '{{big}}!'            | '123456789012!'
          a truth within text                        | '{{f}}!'              | 'false!'
          several in one text                        | '{{s}}{{n}}{{s}}'     | 'text17text'
          any blanks, none too                       | '{{s}} {{  s }}{{s }}' | 'text texttext'
          a value with a token is not looked at      | '{{ t }}'             | '{{ s }}'
          nor within text                            | 'x{{ t }}'            | 'x{{ s }}'
          values that make a token make none         | '{{half}}{{rest}}'    | '{{ s }}'
          dollars are left alone                     | '{{ d }}'             | '$a $$b $$$c'
          within text too                            | ' {{ d }}'            | ' $a $$b $$$c'
          nothing is nothing                         | '[{{ e }}]'           | '[]'
          an unknown name stays                      | '{{ unknown }}'       | '{{ unknown }}'
          a name in another case is another          | '{{ S }}'             | 'other'
          an underscore is part of a name            | '{{ x_1 }}'           | 'under'
          a longer name is another                   | '{{ ss }}'            | '{{ ss }}'
          single braces are text                     | '{ s }'               | '{ s }'
          three braces hold a token                  | '{{{ s }}}'           | '{text}'
          braces that are apart are text             | '{ { s } }'           | '{ { s } }'
          a dot makes it text                        | '{{ .s }}'            | '{{ .s }}'
          no name is text                            | '{{ }}{{}}'           | '{{ }}{{}}'
          prefixes of others stay                    | '{{ global:s }} {{ssm:s}}' | '{{ global:s }} {{ssm:s}}'
          items of lists are looked at               | ['{{ s }}',['{{ n }}']] | ['text',[17]]
          a list in a list stays nested              | ['a','{{ l }}']       | ['a',['x','y']]
          values of maps are looked at, keys not     | {'{{ s }}':'{{ s }}'} | {'{{ s }}':'text'}
          what is no text stays                      | [1,true,null]         | [1,true,null]
          """)
  void aTokenBecomesItsValueOnce(String name, String tree, String expected) {
    Value read = Texts.value(json(tree));

    assertEquals(Texts.value(json(expected)), Substitution.apply(read, VALUES), name);
  }

  @Test
  void blanksOfOtherAlphabetsAreNoBlanks() {
    Value text = new Value.Text("{{\u00a0s\u2003}}");

    assertEquals(text, Substitution.apply(text, VALUES));
  }

  @Test
  void newlinesAndTabsAreBlanks() {
    assertEquals(
        new Value.Text("text"), Substitution.apply(new Value.Text("{{\n\ts\r\n}}"), VALUES));
  }

  @Test
  void aParameterOfTheEnvironmentIsAReferenceInScriptsAndItsValueElsewhere() {
    Document document =
        Texts.document(
            Texts.with(
                q(
                    "{'e':{'type':'String','interpolationType':'ENV_VAR'},"
                        + "'l':{'type':'StringList','interpolationType':'ENV_VAR'}}"),
                q(
                    "{'action':'aws:runShellScript','name':'sh','inputs':{"
                        + "'runCommand':['echo {{ e }} {{ l }}','{{ e }}'],"
                        + "'workingDirectory':'/{{ e }}'}}"),
                q(
                    "{'action':'aws:runPowerShellScript','name':'ps','inputs':[{"
                        + "'runCommand':['echo {{ e }}']}]}")));
    Map<String, Value> values = Texts.values(q("{'e':'v','l':['a','b']}"));

    assertEquals(
        Texts.value(
            q("{'runCommand':['echo ${SSM_e} ${SSM_l}','${SSM_e}'],'workingDirectory':'/v'}")),
        Substitution.inputs(document.steps().get(0), document, values));
    assertEquals(
        Texts.value(q("[{'runCommand':['echo ${env:SSM_e}']}]")),
        Substitution.inputs(document.steps().get(1), document, values));
    assertEquals(
        Map.of("SSM_e", "v", "SSM_l", "[\"a\",\"b\"]"), Substitution.environment(document, values));
  }

  @Test
  void storedParametersAreFoundWithTheirVersionsAndFilledIn() {
    Value tree = Texts.value(q("{'a':['{{ssm:/x/y:3}}','b {{ ssm:n }} {{ssm-secure:no}}']}"));

    assertEquals(Set.of("/x/y:3", "n"), Substitution.references(tree));
  }

  @Test
  void whatDoesNotFitIsToldBeforeAStepIsPerformed() {
    Document document =
        Texts.document(
            Texts.with(
                q("{'p':{'type':'String'}}"),
                Texts.step(q("{'runCommand':['" + "x{{ p }}".repeat(8) + "']}"))));
    Step step = document.steps().getFirst();
    int each = DocumentLimits.MAX_SUBSTITUTED_CHARS / 8;

    assertTrue(Substitution.fits(step, document, Map.of("p", text(each))));
    assertFalse(Substitution.fits(step, document, Map.of("p", text(each + 1))));
  }

  private static Value text(int length) {
    return new Value.Text("y".repeat(length));
  }

  /** Single quotes for double ones, double quotes within texts escaped. */
  private static String json(String written) {
    return q(written.replace("\"", "\\\"").replace("\\u", "\\\\u"));
  }
}
