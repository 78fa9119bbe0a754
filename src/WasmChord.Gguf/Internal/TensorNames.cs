using System.Globalization;

namespace WasmChord.Gguf.Internal;

/// <summary>The known tensor names outside blocks, and the form of those inside.</summary>
internal static class TensorNames
{
    private static readonly string[] s_suffixes = ["weight", "bias", "scale", "input_scale"];

    private static readonly HashSet<string> s_embedding = new(StringComparer.Ordinal)
    {
        "token_embd", "token_embd_norm", "token_types", "position_embd", "pos_embd",
        "rope_freqs", "rope_factors_long", "rope_factors_short",
        // Gemma 3n: embeddings and projections that run before the first block.
        "per_layer_token_embd", "per_layer_model_proj", "per_layer_proj_norm", "altup_proj",
    };

    private static readonly HashSet<string> s_head = new(StringComparer.Ordinal)
    {
        "output", "output_norm", "altup_unembd_proj",
        // Classifiers and the dense layers of sentence embedders, which follow pooling.
        "cls", "cls.output", "cls.norm", "dense_2", "dense_3",
    };

    /// <summary>The layer that a tensor's name says it belongs to; false for names that are not known.</summary>
    public static bool TryGetLayer(string name, out LayerId layer)
    {
        layer = default;
        if (name.StartsWith("blk.", StringComparison.Ordinal)) return TryGetBlock(name.AsSpan(4), out layer);

        int dot = name.LastIndexOf('.');
        if (dot <= 0 || !s_suffixes.Contains(name[(dot + 1)..])) return false;
        string stem = name[..dot];
        if (s_embedding.Contains(stem) || IsMember(stem, "per_layer_")) layer = LayerId.Embedding;
        else if (s_head.Contains(stem) || IsMember(stem, "output_norm_")) layer = LayerId.Head;
        else return false;
        return true;
    }

    private static bool IsMember(string stem, string family) =>
        stem.Length > family.Length && stem.StartsWith(family, StringComparison.Ordinal) && !stem.Contains('.');

    /// <summary><c>N.anything</c>, with N in canonical decimal: two spellings of one number would be two names of one layer.</summary>
    private static bool TryGetBlock(ReadOnlySpan<char> rest, out LayerId layer)
    {
        layer = default;
        int dot = rest.IndexOf('.');
        if (dot <= 0 || dot == rest.Length - 1 || (dot > 1 && rest[0] == '0')) return false;
        if (!int.TryParse(rest[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out int n) || n == int.MaxValue) return false;
        layer = LayerId.Block(n);
        return true;
    }
}
