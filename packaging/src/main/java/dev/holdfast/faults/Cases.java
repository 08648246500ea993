package dev.holdfast.faults;

import java.util.List;
import java.util.stream.Stream;

/** All cases, in the order in which they are run. */
final class Cases {
  private static final List<Case> ALL =
      Stream.<List<Case>>of(
              EnrolmentCases.all(),
              List.of(new Guessing()),
              RenewalCases.all(),
              HistoryCases.all(),
              IdentityCases.all(),
              AgentCases.all(),
              CoordinatorCases.all(),
              LinkCases.all(),
              ClockCases.all(),
              CalendarCases.all(),
              PowerCases.all(),
              DamageCases.all(),
              RebootCases.all(),
              EditCases.all(),
              PoisonCases.all(),
              RaceCases.all(),
              UpgradeCases.all(),
              OfflineCases.all(),
              TransportCases.all(),
              QuotaCases.all(),
              ServerCases.all(),
              List.of(new HostileTexts()),
              LifeCases.all(),
              AdminCases.all(),
              MatrixCases.all(),
              ScopeCases.all(),
              StringCases.all(),
              RightsCases.all(),
              AuditCases.all(),
              SecretCases.all(),
              CloneCases.all(),
              OutputCases.all(),
              HogCases.all(),
              List.of(new Races(), new FailedSync()),
              ScriptCases.all(),
              BombCases.all(),
              List.of(new Edges()),
              DownloadCases.all(),
              SabotageCases.all(),
              StartCases.all(),
              List.of(new Soak()))
          .flatMap(List::stream)
          .toList();

  private Cases() {}

  static List<Case> all() {
    return ALL;
  }

  /**
   * The case of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Case named(String id) {
    return ALL.stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no case " + id));
  }
}
