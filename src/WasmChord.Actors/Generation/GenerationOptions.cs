using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>How a text is generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>Greedy, as long as the settings say.</summary>
    public static GenerationOptions Default { get; } = new();

    /// <summary>Tokens to generate at most; 0 only computes the prompt; null for the setting <c>max-tokens</c>.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>How tokens are chosen; greedy unless stated.</summary>
    public SamplerOptions Sampler { get; init; } = SamplerOptions.Greedy;

    /// <summary>Strings that end the text; they are not part of it.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Whether to go on after tokens that end a text: for measurements.</summary>
    public bool IgnoreEndOfText { get; init; }

    /// <summary>
    /// Names a conversation whose keys and values are kept between turns: of the next prompt, only what differs from the
    /// turn before is computed. The text is the same as without it.
    /// </summary>
    public string? SessionId { get; init; }

    /// <summary>Higher goes first, in the queue and in waves.</summary>
    public int Priority { get; init; }

    /// <summary>When to end; null for the setting <c>request-timeout</c>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Ends the request as <see cref="GenerationProtocol.CancelGeneration"/> does.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>
    /// Tokens that may be under way to the requester: then the sequence pauses until it says
    /// <see cref="GenerationProtocol.TokensTaken"/>. Null for no bound but the number of tokens.
    /// </summary>
    public int? OutputWindow { get; init; }

    /// <summary>Changes the logits from which tokens are chosen; null for nobody.</summary>
    public LogitsProcessorModule? LogitsProcessor { get; init; }

    /// <summary>Sees the logits from which tokens are chosen, before <see cref="LogitsProcessor"/> does; null for nobody.</summary>
    public LogitsFunction? OnLogits { get; init; }

    /// <summary>Whether <see cref="OnLogits"/> sees those of every position of the prompt, too. The prompt is then computed in full.</summary>
    public bool LogitsOfPrompt { get; init; }
}
