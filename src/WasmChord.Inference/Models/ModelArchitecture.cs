using WasmChord.Kernels;

namespace WasmChord.Inference;

/// <summary>
/// What tells one supported family from another: switches of the one forward pass. A family that needs no more than these
/// is a line in <see cref="Supported"/>. Source of the facts: the families' published definitions, with the tensor names
/// and pairings that llama.cpp's converters give their files (<c>llama-arch.cpp</c>, <c>llama-model.cpp</c>).
/// </summary>
/// <param name="Name">As <c>general.architecture</c> states it.</param>
/// <param name="Pairing">Which values of a head RoPE turns together.</param>
public sealed record ModelArchitecture(string Name, RopePairing Pairing)
{
    /// <summary>Every family that can be run.</summary>
    public static IReadOnlyList<ModelArchitecture> Supported { get; } =
    [
        new("llama", RopePairing.Interleaved),
        new("mistral3", RopePairing.Interleaved) { ScalesQueriesByPosition = true },
        new("qwen2", RopePairing.SplitHalf),
        new("qwen3", RopePairing.SplitHalf) { NormalizesHeads = true },
        new("qwen3moe", RopePairing.SplitHalf) { NormalizesHeads = true, RequiresExperts = true },
        new("phi3", RopePairing.SplitHalf) { FusesProjections = true, HasSlidingWindow = true },
    ];

    /// <summary>Whether queries and keys are normalized head by head before they turn (<c>attn_q_norm</c>, <c>attn_k_norm</c>).</summary>
    public bool NormalizesHeads { get; init; }

    /// <summary>Whether queries, keys and values are one matrix (<c>attn_qkv</c>), and gate and up another (<c>ffn_up</c>).</summary>
    public bool FusesProjections { get; init; }

    /// <summary>
    /// Whether every block has experts; where their length is not stated, the experts of a position share the feed-forward
    /// length among them.
    /// </summary>
    public bool RequiresExperts { get; init; }

    /// <summary>Whether attention sees no further back than <c>attention.sliding_window</c>, where that is stated.</summary>
    public bool HasSlidingWindow { get; init; }

    /// <summary>Whether queries grow with the logarithm of their position (<c>attention.temperature_scale</c>).</summary>
    public bool ScalesQueriesByPosition { get; init; }

    /// <summary>Looks a family up.</summary>
    /// <param name="name">As <c>general.architecture</c> states it; null where it does not.</param>
    /// <exception cref="InferenceException">It is not supported; the message lists those that are.</exception>
    public static ModelArchitecture Named(string? name) => Supported.FirstOrDefault(a => a.Name == name)
        ?? throw new InferenceException(InferenceError.UnsupportedArchitecture,
            $"architecture {(name is null ? "(none stated)" : $"'{name}'")} is not supported; supported are {string.Join(", ", Supported.Select(a => a.Name))}");
}
