using Akka.Actor;
using Akka.Actor.Internal;

namespace WasmChord.Actors;

/// <summary>
/// What becomes of a model's actors when one fails: those that serve its layers restart together; the scheduler of
/// generations restarts alone, and goes on when the others restart.
/// </summary>
internal sealed class ModelStrategy(string alone) : AllForOneStrategy(
    maxNrOfRetries: 10,
    withinTimeRange: TimeSpan.FromMinutes(1),
    localOnlyDecider: e => e is ActorInitializationException ? Directive.Escalate : Directive.Restart)
{
    /// <inheritdoc/>
    public override void ProcessFailure(
        IActorContext context, bool restart, IActorRef child, Exception cause, ChildRestartStats stats, IReadOnlyCollection<ChildRestartStats> children) =>
        base.ProcessFailure(context, restart, child, cause, stats, [.. children.Where(c => (c.Child.Path.Name == alone) == (child.Path.Name == alone))]);
}
