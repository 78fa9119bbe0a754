using WasmChord.Bench.Figures;
using WasmChord.Bench.Models;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Bench.Kernels;

/// <summary>GB/s of floats that one type's blocks become, one thread, beside the peer and a plain store.</summary>
/// <param name="Type">The type.</param>
/// <param name="Values">Values a call.</param>
/// <param name="Ours">Of this project.</param>
/// <param name="Peer">Of the peer; null without it.</param>
/// <param name="Store">Of storing as many floats and nothing else.</param>
internal sealed record DequantizeRates(GgmlType Type, int Values, Series Ours, Series? Peer, Series Store)
{
    /// <summary>Measures.</summary>
    /// <exception cref="InvalidDataException">The peer's results are others: the figures would compare different work.</exception>
    public static unsafe DequantizeRates Measure(GgmlType type, int values, GgmlTypeFunctions? peer, RateClock clock)
    {
        using AlignedBuffer blocks = new(GgmlTypeTraits.For(type).BytesFor(values)), floats = new((long)values * sizeof(float)), others = new((long)values * sizeof(float));
        WeightFiller.ForMatrix(type, 1 / 64.0).Fill(blocks.Span, 1);
        byte* from = blocks.Start;
        float* to = (float*)floats.Start, peerTo = (float*)others.Start;
        Action? theirs = null;
        if (peer is { CanExpand: true } functions)
        {
            theirs = () => functions.ToFloat(from, peerTo, values);
            theirs();
            Dequantizer.ToFloat(type, from, to, values);
            for (int i = 0; i < values; i++)
            {
                if (Math.Abs(to[i] - peerTo[i]) > 1e-5f * Math.Abs(to[i]) + 1e-9f)
                    throw new InvalidDataException($"{type}: value {i} is {to[i]} here and {peerTo[i]} by the peer");
            }
        }
        // The three share one destination, so that all find the same lines in the caches.
        double[]?[] seconds = clock.Measure(() => Dequantizer.ToFloat(type, from, to, values), theirs is null ? null : () => peer!.Value.ToFloat(from, to, values), () => PlainStore.Ones(to, values));
        double bytes = (double)values * sizeof(float);
        return new DequantizeRates(type, values, Rate(seconds[0]!), seconds[1] is { } s ? Rate(s) : null, Rate(seconds[2]!));

        Series Rate(double[] all) => new(all.Select(s => bytes / s / 1e9));
    }
}
