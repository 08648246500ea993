package dev.holdfast.faults;

import java.util.List;

/**
 * A defect that somebody could bring in, and the case of the fault suite that must find it.
 *
 * @param number what it is called by
 * @param what it is, in a line
 * @param changes all of which make it
 * @param caughtBy the case
 * @param scale at which the case finds it
 */
record Defect(int number, String what, List<Change> changes, String caughtBy, Scale scale) {
  Defect {
    changes = List.copyOf(changes);
  }

  /**
   * One place in the source.
   *
   * @param module of the build
   * @param file a class, with its package, in the main code of the module
   * @param text stands there exactly once
   * @param instead stands there in the broken build
   */
  record Change(String module, String file, String text, String instead) {
    /** The path of the file, from the root of the checkout. */
    String path() {
      return module + "/src/main/java/dev/holdfast/" + file.replace('.', '/') + ".java";
    }
  }

  static final List<Defect> ALL =
      List.of(
          one(
              1,
              "the store does not sync its commits",
              "R03",
              Scale.SMOKE,
              coordinator(
                  "store.DatabaseFile",
                  "case FULL -> SQLiteConfig.SynchronousMode.FULL;",
                  "case FULL -> SQLiteConfig.SynchronousMode.NORMAL;")),
          one(
              2,
              "reports are acknowledged before they are committed",
              "R07",
              Scale.SMOKE,
              coordinator(
                  "ingest.Ingest",
                  "answers.addAll(store.write(write -> store(write, group, readings)));",
                  """
                  answers.addAll(store.write(write -> {
                    List<Optional<Runnable>> early = store(write, group, readings);
                    early.forEach(answer -> answer.ifPresent(Ingest::answer));
                    return early;
                  }));
                  """)),
          one(
              3,
              "a start is written down after it has happened",
              "R04",
              Scale.SMOKE,
              agent(
                  "agent.Runs",
                  "    ledger.sync();\n    failpoints.reach(Failpoints.AFTER_INTENT_FSYNC);\n",
                  "    failpoints.reach(Failpoints.AFTER_INTENT_FSYNC);\n")),
          one(
              5,
              "a sync that failed is tried again, and what comes then is believed",
              "R07",
              Scale.SMOKE,
              agent(
                  "agent.disk.FileDisk",
                  "      broken = Optional.of(failure);\n      throw failure;\n",
                  """
                        try {
                          channel.force(true);
                        } catch (IOException again) {
                          throw failure;
                        }
                  """)),
          one(
              6,
              "who calls is taken from what the call says",
              "E07",
              Scale.SMOKE,
              coordinator(
                  "trust.Gate",
                  "context.withValue(Caller.KEY, agent.get()), call, headers, next)",
                  """
                  context.withValue(
                      Caller.KEY,
                      Optional.ofNullable(
                              headers.get(
                                  Metadata.Key.of(
                                      "x-instance-id", Metadata.ASCII_STRING_MARSHALLER)))
                          .map(
                              name ->
                                  new Caller.Agent(
                                      new dev.holdfast.association.InstanceId(
                                          name.substring(name.lastIndexOf('/') + 1)),
                                      agent.get().serial(),
                                      false))
                          .orElse(agent.get())),
                  call, headers, next)
                  """)),
          one(
              8,
              "a name is checked at its beginning only",
              "D04",
              Scale.SMOKE,
              coordinator(
                  "admin.Findings",
                  "!NAME.matcher(value).matches() || value.contains(\"..\")",
                  "!NAME.matcher(value).lookingAt()")),
          one(
              13,
              "agents wait equally long before they connect again",
              "T07",
              Scale.SMOKE,
              agent(
                  "agent.link.Backoff",
                  "return Duration.ofMillis(random.nextLong(bound.toMillis() + 1));",
                  "return bound;")));

  private static Defect one(
      int number, String what, String caughtBy, Scale scale, Change... changes) {
    return new Defect(number, what, List.of(changes), caughtBy, scale);
  }

  private static Change coordinator(String file, String text, String instead) {
    return new Change("coordinator", "coordinator." + file, text, instead);
  }

  private static Change agent(String file, String text, String instead) {
    return new Change("agent", file, text, instead);
  }
}
