using Akka.Actor;

namespace WasmChord.Actors;

/// <summary>
/// What is said to a model's scheduler of generations. Requesters say it to the model's actor, which passes it on. Every
/// <see cref="Generate"/> is answered by any number of <see cref="TokenGenerated"/> and then exactly one of
/// <see cref="GenerationCompleted"/>, <see cref="GenerationRefused"/> and <see cref="GenerationFailed"/>.
/// </summary>
public static class GenerationProtocol
{
    /// <summary>Something to be done.</summary>
    public interface ICommand : INoSerializationVerificationNeeded;

    /// <summary>Something to be told.</summary>
    public interface IQuery : INoSerializationVerificationNeeded;

    /// <summary>An answer.</summary>
    public interface IEvent : INoSerializationVerificationNeeded;

    /// <summary>The last word on a request.</summary>
    public interface IEnd : IEvent
    {
        /// <summary>Which request.</summary>
        GenerationId Id { get; }
    }

    /// <summary>
    /// An actor asks for a text. It is watched: when it ends, the request is cancelled and everything it holds is freed.
    /// The mailbox of an ask takes only the first answer; see <see cref="StreamedModel"/> for code outside actors.
    /// </summary>
    /// <param name="Id">Names the request in the answers.</param>
    /// <param name="Prompt">What to continue.</param>
    /// <param name="Options">How.</param>
    public sealed record Generate(GenerationId Id, GenerationPrompt Prompt, GenerationOptions Options) : ICommand;

    /// <summary>Ends a request, which is answered as cancelled with what it has; one that has ended already is ignored.</summary>
    /// <param name="Id">Which request.</param>
    public sealed record CancelGeneration(GenerationId Id) : ICommand;

    /// <summary>
    /// The requester has taken tokens: a request with <see cref="GenerationOptions.OutputWindow"/> may send as many more.
    /// </summary>
    /// <param name="Id">Which request.</param>
    /// <param name="Count">How many tokens were taken since the last time.</param>
    public sealed record TokensTaken(GenerationId Id, int Count) : ICommand;

    /// <summary>Anyone asks for <see cref="GenerationStatistics"/>, which is the answer.</summary>
    public sealed record GetGenerationStatistics : IQuery;

    /// <summary>A token is there.</summary>
    /// <param name="Id">Which request.</param>
    /// <param name="Token">The token, and the text that it makes certain.</param>
    public sealed record TokenGenerated(GenerationId Id, GeneratedToken Token) : IEvent;

    /// <summary>The text is complete. It is the pieces of the tokens in order, then <paramref name="TrailingText"/>.</summary>
    /// <param name="Id">Which request.</param>
    /// <param name="Reason">Why it ended.</param>
    /// <param name="Usage">What it took.</param>
    /// <param name="TrailingText">Text held back for a token that did not come: empty unless it was cancelled or too late.</param>
    public sealed record GenerationCompleted(GenerationId Id, GenerationEnd Reason, GenerationUsage Usage, string TrailingText) : IEnd;

    /// <summary>The request is refused; no token was generated.</summary>
    /// <param name="Id">Which request.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Text">Why, for people, with the numbers.</param>
    public sealed record GenerationRefused(GenerationId Id, GenerationRefusal Reason, string Text) : IEnd;

    /// <summary>The generation ended with a fault; the tokens sent before stand.</summary>
    /// <param name="Id">Which request.</param>
    /// <param name="Reason">What happened.</param>
    /// <param name="Text">What happened, for people, with the numbers.</param>
    /// <param name="Usage">What it took until then.</param>
    public sealed record GenerationFailed(GenerationId Id, GenerationFault Reason, string Text, GenerationUsage Usage) : IEnd;
}
