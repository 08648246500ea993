package dev.holdfast.coordinator.link;

import dev.holdfast.coordinator.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks into what runs ask for, many requests in one transaction: a document that asks on a whole
 * fleet asks everywhere at once. Its length is bounded by what each link may have unanswered. On
 * the owner's executor.
 */
final class RefreshQueue {
  private static final Logger LOG = LoggerFactory.getLogger("link");

  /** Requests of one transaction. */
  static final int AT_ONCE = 200;

  private final Store store;
  private final Refresher refresher;
  private final Executor owner;
  private List<Waiting> waiting = new ArrayList<>();

  private record Waiting(Link link, long number, Refresher.Ask ask) {}

  RefreshQueue(Store store, Refresher refresher, Executor owner) {
    this.store = store;
    this.refresher = refresher;
    this.owner = owner;
  }

  /** A request passed its link's gate; the link is answered after the commit. */
  void add(Link link, long number, Refresher.Ask ask) {
    if (waiting.isEmpty()) {
      owner.execute(this::answer);
    }
    waiting.add(new Waiting(link, number, ask));
  }

  private void answer() {
    List<Waiting> all = waiting;
    waiting = new ArrayList<>();
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      answer(all.subList(from, Math.min(all.size(), from + AT_ONCE)));
    }
  }

  private void answer(List<Waiting> batch) {
    List<Refresher.Reply> replies;
    try {
      replies =
          store.write(
              write ->
                  batch.stream()
                      .map(one -> refresher.refresh(write, one.link.instance(), one.ask))
                      .toList());
    } catch (RuntimeException e) {
      if (batch.size() > 1) {
        batch.forEach(one -> answer(List.of(one))); // one that fails must not stop the others
        return;
      }
      LOG.error("cannot start what instance={} asks for", batch.getFirst().link.instance(), e);
      replies =
          List.of(
              Refresher.Reply.refused(
                  "CoordinatorUnreachable: the store could not be used; try again"));
    }
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).link.refreshed(batch.get(i).number, replies.get(i));
    }
  }
}
