using System.Runtime.InteropServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Products;

/// <summary>Weights with finite scales and activations for products, made from a seed.</summary>
internal static class ProductSamples
{
    /// <summary>The types that meet quantized activations.</summary>
    public static IEnumerable<GgmlType> IntegerTypes => GgmlTypeTraits.All.Select(t => t.Type)
        .Where(t => Activations.TypeFor(t) is GgmlType.Q8_0 or GgmlType.Q8_1 or GgmlType.Q8_K);

    /// <summary>The types that products have a use for: all but wide integers and doubles.</summary>
    public static IEnumerable<GgmlType> Types =>
        [GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_1, GgmlType.Q8_K, .. IntegerTypes];

    /// <summary>A number of columns that both sides hold in whole blocks: as many of those as asked.</summary>
    public static int Columns(GgmlType weights, int blocks) => blocks * Math.Max(
        GgmlTypeTraits.For(weights).BlockSize, GgmlTypeTraits.For(Activations.TypeFor(weights)).BlockSize);

    /// <summary>Floats that look like activations: normal, with a few outliers.</summary>
    public static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            values[i] = (float)(normal * (random.Next(97) == 0 ? 12 : 1));
        }

        return values;
    }

    /// <summary>Activations encoded for weights of a type.</summary>
    public static byte[] Encode(GgmlType weights, float[] values)
    {
        GgmlType type = Activations.TypeFor(weights);
        var encoded = new byte[GgmlTypeTraits.For(type).BytesFor(values.Length)];
        Activations.Encode(type, values, encoded);
        return encoded;
    }

    /// <summary>Blocks with random codes and scales: every bit pattern but those that make a value not finite.</summary>
    public static byte[] Weights(GgmlType type, long values, int seed)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        var blocks = new byte[traits.BytesFor(values)];
        if (type is GgmlType.F32 or GgmlType.F16 or GgmlType.BF16)
        {
            float[] floats = Floats((int)values, seed);
            if (type == GgmlType.F32) MemoryMarshal.AsBytes<float>(floats).CopyTo(blocks);
            else Quantizer.FromFloat(type, floats, blocks);
            return blocks;
        }

        var random = new Random(seed);
        random.NextBytes(blocks);
        for (int at = 0; at < blocks.Length; at += traits.TypeSize) MakeFinite(type, blocks.AsSpan(at, traits.TypeSize), random);
        return blocks;
    }

    /// <summary>Copies the float scales of blocks that <see cref="Weights"/> made onto blocks with other codes.</summary>
    public static void RestoreScales(GgmlType type, byte[] from, byte[] to)
    {
        int typeSize = GgmlTypeTraits.For(type).TypeSize;
        for (int at = 0; at < to.Length; at += typeSize)
            foreach (int offset in type == GgmlType.IQ1_M ? [54] : type == GgmlType.NVFP4 ? [0, 2] : ScaleOffsets(type))
                from.AsSpan(at + offset, type == GgmlType.MXFP4 ? 1 : 2).CopyTo(to.AsSpan(at + offset));
    }

    private static void MakeFinite(GgmlType type, Span<byte> block, Random random)
    {
        switch (type)
        {
            case GgmlType.MXFP4: block[0] = (byte)random.Next(118, 130); break;
            case GgmlType.NVFP4:
                for (int i = 0; i < 4; i++) block[i] &= 0x5F;
                break;
            case GgmlType.IQ1_M: // the scale is spread over the upper nibbles of four words; the last holds the exponent
                block[55] = (byte)(block[55] & 0x0F | 0x20);
                break;
            case GgmlType.Q8_K:
                MemoryMarshal.Write(block, random.NextSingle() - 0.5f);
                break;
            default:
                foreach (int offset in ScaleOffsets(type))
                    MemoryMarshal.Write(block[offset..], (Half)((random.NextSingle() - 0.4f) / 16));
                break;
        }
    }

    private static int[] ScaleOffsets(GgmlType type) => type switch
    {
        GgmlType.Q2_K => [80, 82],
        GgmlType.Q3_K => [108],
        GgmlType.Q6_K => [208],
        GgmlType.TQ1_0 => [52],
        GgmlType.TQ2_0 => [64],
        GgmlType.Q4_1 or GgmlType.Q5_1 or GgmlType.Q8_1 or GgmlType.Q4_K or GgmlType.Q5_K => [0, 2],
        _ => [0],
    };
}
