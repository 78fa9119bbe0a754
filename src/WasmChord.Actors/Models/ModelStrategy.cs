using Akka.Actor;
using Akka.Actor.Internal;

namespace WasmChord.Actors;

/// <summary>
/// What becomes of a model's actors when one fails: those that serve its layers restart together; the scheduler of
/// generations, and the supervisor of guests, restart alone, and go on when the others restart.
/// </summary>
internal sealed class ModelStrategy(params IReadOnlyList<string> alone) : AllForOneStrategy(
    maxNrOfRetries: 10,
    withinTimeRange: TimeSpan.FromMinutes(1),
    localOnlyDecider: e => e is ActorInitializationException ? Directive.Escalate : Directive.Restart)
{
    /// <inheritdoc/>
    public override void ProcessFailure(
        IActorContext context, bool restart, IActorRef child, Exception cause, ChildRestartStats stats, IReadOnlyCollection<ChildRestartStats> children) =>
        base.ProcessFailure(context, restart, child, cause, stats, alone.Contains(child.Path.Name)
            ? [.. children.Where(c => c.Child.Equals(child))]
            : [.. children.Where(c => !alone.Contains(c.Child.Path.Name))]);
}
