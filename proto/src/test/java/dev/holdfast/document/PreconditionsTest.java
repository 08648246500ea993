package dev.holdfast.document;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What preconditions come to on Linux, with some parameters (spec.md section 1.6). */
final class PreconditionsTest {
  private static final Map<String, Value> VALUES =
      Texts.values(
          Texts.q(
              "{'word':'blue','other':'blue','token':'{{ word }}','list':['a','b'],'flag':true,"
                  + "'number':5,'empty':'','dollars':'a$$b'}"));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the platform matches, whatever its case     | {'StringEquals':['platformType','linux']}          | Holds
          the platform matches, capitalised           | {'StringEquals':['platformType','Linux']}          | Holds
          the arguments may stand the other way round | {'StringEquals':['Linux','platformType']}          | Holds
          another platform skips                      | {'StringEquals':['platformType','Windows']}        | DoesNot
          an empty platform skips                     | {'StringEquals':['platformType','']}               | DoesNot
          the word platformType has one case          | {'StringEquals':['PlatformType','Linux']}          | Malformed
          platformType is no parameter                | {'StringEquals':['{{ platformType }}','Linux']}    | Malformed
          platformType twice                          | {'StringEquals':['platformType','platformType']}   | Malformed
          platformType against a parameter            | {'StringEquals':['platformType','{{ word }}']}     | Malformed
          a parameter that is equal                   | {'StringEquals':['{{ word }}','blue']}             | Holds
          a parameter on the right                    | {'StringEquals':['blue','{{word}}']}               | Holds
          a parameter of another case                 | {'StringEquals':['{{ word }}','Blue']}             | DoesNot
          a parameter that is not equal               | {'StringEquals':['{{ word }}','red']}              | DoesNot
          two parameters                              | {'StringEquals':['{{ word }}','{{ other }}']}      | Holds
          text around a parameter                     | {'StringEquals':['x-{{ word }}','x-blue']}         | Holds
          one parameter, written in two ways          | {'StringEquals':['{{ word }}','{{word}}']}         | Holds
          the same text twice                         | {'StringEquals':['{{ word }}','{{ word }}']}       | Malformed
          no parameter at all                         | {'StringEquals':['a','b']}                         | Malformed
          an unknown parameter                        | {'StringEquals':['{{ nobody }}','b']}              | Malformed
          a value with a token is looked at once      | {'StringEquals':['{{ token }}','blue']}            | DoesNot
          a list within text is JSON                  | {'StringEquals':['={{ list }}','=["a","b"]']}      | Holds
          a truth within text                         | {'StringEquals':['={{ flag }}','=true']}           | Holds
          a truth alone                               | {'StringEquals':['{{ flag }}','true']}             | Holds
          a number alone                              | {'StringEquals':['{{ number }}','5']}              | Holds
          an empty value                              | {'StringEquals':['{{ empty }}','']}                | Holds
          dollars are left alone                      | {'StringEquals':['{{ dollars }}','a$$b']}          | Holds
          a stored parameter                          | {'StringEquals':['{{ssm:a}}','{{ word }}']}        | Malformed
          a secret                                    | {'StringEquals':['{{ word }}','{{ssm-secure:a}}']} | Malformed
          no arguments                                | {'StringEquals':[]}                                | Malformed
          one argument                                | {'StringEquals':['platformType']}                  | Malformed
          three arguments                             | {'StringEquals':['platformType','Linux','x']}      | Malformed
          an argument that is no text                 | {'StringEquals':['platformType',true]}             | Malformed
          arguments that are no list                  | {'StringEquals':'Linux'}                           | Malformed
          another operator                            | {'StringNotEquals':['platformType','Linux']}       | Malformed
          an operator in another case                 | {'stringEquals':['platformType','Linux']}          | Malformed
          no operator                                 | {}                                                 | Holds
          no map                                      | 'Linux'                                            | Malformed
          a false one beside an unknown one           | {'X':['a','b'],'StringEquals':['platformType','w']} | DoesNot
          a true one beside an unknown one            | {'StringEquals':['platformType','Linux'],'X':[]}   | Malformed
          """,
      quoteCharacter = '^')
  void aPreconditionHoldsDoesNotOrCanNotBeJudged(String name, String written, String expected) {
    Preconditions.Verdict verdict =
        Preconditions.judge(
            Texts.value(Texts.q(written).replace("=[\"a\",\"b\"]", "=[\\\"a\\\",\\\"b\\\"]")),
            VALUES,
            "Linux");

    assertEquals(expected, verdict.getClass().getSimpleName(), name + ": " + verdict);
  }
}
