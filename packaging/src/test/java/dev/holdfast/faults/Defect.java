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
              "R06",
              Scale.SMOKE,
              coordinator(
                  "ingest.Ingest",
                  "answers.addAll(store.write(write -> store(write, group, readings, ends)));",
                  """
                  answers.addAll(store.write(write -> {
                    List<Optional<Runnable>> early = store(write, group, readings, ends);
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
              4,
              "a file takes the place of another, and the folder is not synced",
              "R04",
              Scale.SMOKE,
              agent(
                  "agent.disk.FileDisk",
                  """
                  REPLACE_EXISTING);
                        syncFolder(parentOf(target));
                      } catch (IOException e) {
                        throw failed("write", path, e);\
                  """,
                  """
                  REPLACE_EXISTING);
                      } catch (IOException e) {
                        throw failed("write", path, e);\
                  """)),
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
                      headers.get(
                                  Metadata.Key.of(
                                      "x-instance-id", Metadata.ASCII_STRING_MARSHALLER))
                              == null
                          ? agent.get()
                          : new Caller.Agent(
                              new dev.holdfast.association.InstanceId(
                                  headers
                                      .get(
                                          Metadata.Key.of(
                                              "x-instance-id",
                                              Metadata.ASCII_STRING_MARSHALLER))
                                      .replaceAll(".*/", "")),
                              agent.get().serial(),
                              agent.get().expires(),
                              false)),
                  call,
                  headers,
                  next)
                  """)),
          one(
              7,
              "what nobody thought about is open to everybody",
              "Z01",
              Scale.SMOKE,
              coordinator(
                  "trust.Policy",
                  "throw new IllegalStateException(\"no policy for \" + method);",
                  "return new Entry.Open();"),
              coordinator(
                  "trust.Policy", "missing.removeAll(entries.keySet());", "missing.clear();"),
              coordinator(
                  "trust.Policy",
                  "\"UpdateDocumentDefaultVersion\",\n        \"DeleteDocument\");",
                  "\"UpdateDocumentDefaultVersion\");")),
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
              9,
              "what values bring is looked through for tokens again",
              "D05",
              Scale.SMOKE,
              new Change(
                  "proto",
                  "document.Substitution",
                  "return map(tree, text -> substituted(text, values, budget));",
                  "return map(map(tree, text -> substituted(text, values, budget)),"
                      + " text -> substituted(text, values, budget));")),
          one(
              10,
              "a tick counts as run if a later one did",
              "R10",
              Scale.HOUR,
              agent(
                  "agent.schedule.Past",
                  "done = later(done, ticks.newestUpTo(now));",
                  "done = later(done, ticks.newestUpTo(Instant.MAX));")),
          one(
              12,
              "nothing counts the streams that a connection has reset",
              "T03",
              Scale.SMOKE,
              coordinator(
                  "server.GrpcListener",
                  ".maxRstFramesPerWindow(\n"
                      + "              TransportLimits.RESETS,"
                      + " (int) TransportLimits.RESETS_TIME.toSeconds())",
                  "")),
          one(
              13,
              "agents wait equally long before they connect again",
              "T07",
              Scale.SMOKE,
              agent(
                  "agent.link.Backoff",
                  "return Duration.ofMillis(random.nextLong(bound.toMillis() + 1));",
                  "return bound;")),
          one(
              14,
              "a change is made though its row of the audit trail is not",
              "Z07",
              Scale.SMOKE,
              coordinator(
                  "admin.Calls",
                  """
                  AuditTrail.add(
                          write,
                          newId(),
                          method,\
                  """,
                  """
                  try {
                    AuditTrail.add(
                          write,
                          newId(),
                          method,\
                  """),
              coordinator(
                  "admin.Calls",
                  "withoutSecrets(request));\n    return done.response();",
                  "withoutSecrets(request));\n    } catch (RuntimeException e) {\n    }"
                      + "\n    return done.response();")));

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
