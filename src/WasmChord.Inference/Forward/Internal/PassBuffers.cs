using WasmChord.Kernels;
using WasmChord.Memory64;

namespace WasmChord.Inference;

/// <summary>All that a pass computes in, for P positions; shapes trail the names.</summary>
internal sealed class PassBuffers : IDisposable
{
    internal PassBuffers(ModelConfig c, ForwardOptions o, int threads)
    {
        int p = o.MaxPositions;
        Residual = new FloatRows(p, c.HiddenSize);
        Normed = new FloatRows(p, c.HiddenSize);
        Joint = new FloatRows(p, JointColumns(c));
        Attended = new FloatRows(p, c.HeadCount * c.ValueHeadDim);
        GateUp = new FloatRows(p, 2 * c.FeedForwardLength);
        Delta = new FloatRows(p, c.HiddenSize);
        Angles = new FloatRows(p, c.Rope.Dimensions);
        Scores = new FloatRows(threads, ScoreColumns(c, o));
        Partials = new FloatRows(threads, Group(c) * Attention.PartialCount * c.ValueHeadDim);
        Logits = new FloatRows(Math.Max(1, o.MaxLogitRows), c.VocabularySize);
        Encoded = new NativeBuffer(EncodedBytes(c, p));
        if (c.ExpertCount == 0) return;
        Routing = new FloatRows(p, c.ExpertCount);
        Gathered = new FloatRows(p, c.HiddenSize);
        ExpertOutput = new FloatRows(p, c.HiddenSize);
    }

    internal FloatRows Residual { get; } // (P, hidden)

    internal FloatRows Normed { get; } // (P, hidden)

    internal FloatRows Joint { get; } // (P, queries then keys then values)

    internal FloatRows Attended { get; } // (P, head_count · value_head_dim)

    internal FloatRows GateUp { get; } // (P, gate then up)

    internal FloatRows Delta { get; } // (P, hidden)

    internal FloatRows Angles { get; } // (P, rope_dimensions)

    internal FloatRows Scores { get; } // (threads, heads of a KV head, context)

    internal FloatRows Partials { get; } // (threads, heads of a KV head, partial sums, value_head_dim)

    internal FloatRows Logits { get; } // (wanted positions, vocabulary)

    internal NativeBuffer Encoded { get; } // (P, longest row of activations)

    internal FloatRows? Routing { get; } // (P, experts)

    internal FloatRows? Gathered { get; } // (P, hidden)

    internal FloatRows? ExpertOutput { get; } // (P, hidden)

    /// <summary>Native memory that the buffers take.</summary>
    internal long HeldBytes => Rows.Sum(r => r.HeldBytes) + Encoded.HeldBytes;

    private IEnumerable<FloatRows> Rows =>
        new[] { Residual, Normed, Joint, Attended, GateUp, Delta, Angles, Scores, Partials, Logits, Routing, Gathered, ExpertOutput }.OfType<FloatRows>();

    public void Dispose()
    {
        foreach (FloatRows rows in Rows) rows.Dispose();
        Encoded.Dispose();
    }

    internal static long SizeOf(ModelConfig c, ForwardOptions o, int threads)
    {
        int p = o.MaxPositions;
        long experts = c.ExpertCount == 0 ? 0 : FloatRows.SizeOf(p, c.ExpertCount) + 2 * FloatRows.SizeOf(p, c.HiddenSize);
        return 3 * FloatRows.SizeOf(p, c.HiddenSize) + FloatRows.SizeOf(p, JointColumns(c)) + FloatRows.SizeOf(p, c.HeadCount * c.ValueHeadDim)
            + FloatRows.SizeOf(p, 2 * c.FeedForwardLength) + FloatRows.SizeOf(p, c.Rope.Dimensions) + FloatRows.SizeOf(threads, ScoreColumns(c, o))
            + FloatRows.SizeOf(threads, Group(c) * Attention.PartialCount * c.ValueHeadDim)
            + FloatRows.SizeOf(Math.Max(1, o.MaxLogitRows), c.VocabularySize) + NativeBuffer.SizeOf(EncodedBytes(c, p)) + experts;
    }

    private static int Group(ModelConfig c) => c.HeadCount / c.KvHeadCount;

    private static int ScoreColumns(ModelConfig c, ForwardOptions o)
    {
        long columns = (long)Group(c) * o.MaxContext;
        return columns <= int.MaxValue ? (int)columns
            : throw new InferenceException(InferenceError.InvalidOption, $"{Group(c)} heads would have {columns} scores over a context of {o.MaxContext}");
    }

    private static int JointColumns(ModelConfig c) => c.QueryLength + c.KeyLength + c.ValueLength;

    // No encoding is longer than floats.
    private static int EncodedBytes(ModelConfig c, int positions)
    {
        int columns = Math.Max(c.HiddenSize, Math.Max(c.HeadCount * c.ValueHeadDim, c.FeedForwardLength));
        long bytes = (long)positions * columns * sizeof(float);
        return bytes <= int.MaxValue ? (int)bytes
            : throw new InferenceException(InferenceError.InvalidOption, $"activations of {positions} positions would take {bytes} bytes, above {int.MaxValue}");
    }
}
