package dev.holdfast.coordinator.association;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.admin.ScopeForm;
import dev.holdfast.coordinator.store.OutOfSight;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Sight;
import dev.holdfast.coordinator.store.TagScope;
import dev.holdfast.coordinator.targeting.Condition;
import dev.holdfast.coordinator.targeting.Field;
import dev.holdfast.coordinator.targeting.TargetKeys;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tag scope of an association: of the instances that its targets name, only those in the scope
 * become members, now and whenever tags or groups change. What somebody writes who may touch some
 * instances only always has one, and it is no wider than what they may touch.
 */
final class AssociationScope {
  private AssociationScope() {}

  /** That of an association in its stored form; empty: all that its targets name. */
  static Optional<TagScope> of(Association content) {
    return content.hasTagScope()
        ? Optional.of(
            ScopeForm.read(content.getTagScope(), "association.tag_scope", new Findings()))
        : Optional.empty();
  }

  /** In the one form in which it is stored, or a refusal. */
  static void normal(Association.Builder form) {
    if (form.hasTagScope()) {
      Findings findings = new Findings();
      TagScope scope = ScopeForm.read(form.getTagScope(), "association.tag_scope", findings);
      findings.refuse("InvalidTarget");
      form.setTagScope(ScopeForm.toProto(scope));
    }
  }

  /** What must hold beside the targets. */
  static List<Condition> conditions(Association content) {
    return of(content).stream()
        .flatMap(scope -> scope.tags().entrySet().stream())
        .map(tag -> Condition.anyOf(Field.tag(tag.getKey()), tag.getValue()))
        .toList();
  }

  /**
   * What somebody writes, cut to what they may touch.
   *
   * @throws Refusal if they have to say to which of several scopes
   * @throws OutOfSight if they name one that is wider
   */
  static Association within(Sight sight, Association content) {
    return switch (sight) {
      case Sight.All _ -> content;
      case Sight.Tagged(var scopes) -> {
        Optional<TagScope> own = of(content);
        if (own.isPresent()) {
          if (!sight.covers(new Sight.Tagged(Set.of(own.get())))) {
            throw new OutOfSight(
                "the tag_scope "
                    + own.get()
                    + " is wider than what the bindings of this token reach");
          }
          yield content;
        }
        if (scopes.size() != 1) {
          throw new Refusal(
              "InvalidTarget",
              "the bindings of this token reach "
                  + scopes.size()
                  + " scopes: say in tag_scope for which the association is",
              List.of(new Refusal.Finding("association.tag_scope", "is missing")));
        }
        yield content.toBuilder().setTagScope(ScopeForm.toProto(scopes.iterator().next())).build();
      }
    };
  }

  /** An association as somebody sees it: without the ids of instances that they don't see. */
  static Association shown(Read read, Association content) {
    if (read.sight().isAll()) {
      return content;
    }
    Association.Builder shown = content.toBuilder();
    for (Target.Builder target : shown.getTargetsBuilderList()) {
      if (TargetKeys.isInstanceIds(target.getKey())) {
        List<String> seen =
            target.getValuesList().stream()
                .filter(id -> id.equals(TargetKeys.EVERY) || sees(read, id))
                .toList();
        target.clearValues().addAllValues(seen);
      }
    }
    return shown.build();
  }

  private static boolean sees(Read read, String id) {
    return InstanceId.isValid(id) && read.sees(new InstanceId(id));
  }
}
