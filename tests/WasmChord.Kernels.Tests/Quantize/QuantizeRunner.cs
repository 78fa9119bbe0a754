using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Quantize;

/// <summary>Runs a quantization on a chosen path, and measures round trips.</summary>
internal static unsafe class QuantizeRunner
{
    private const byte Guard = 0xA5;

    /// <summary>The types that can be written.</summary>
    public static IEnumerable<GgmlType> Types => GgmlTypeTraits.All.Select(t => t.Type).Where(Quantizer.CanQuantize);

    /// <summary>The types of blocks that can be written.</summary>
    public static IEnumerable<GgmlType> BlockTypes => Types.Where(t => GgmlTypeTraits.For(t).IsQuantized);

    /// <summary>
    /// Quantizes from and into memory off any alignment; fails if the bytes on either side of the result change, or if
    /// a byte of the result is left unwritten.
    /// </summary>
    public static byte[] Run(KernelPath path, GgmlType type, ReadOnlySpan<float> source)
    {
        byte[] result = Run(path, type, source, 0x00);
        bool isWhole = result.AsSpan().SequenceEqual(Run(path, type, source, 0xFF));
        Assert.True(isWhole, $"{type} on {path} leaves bytes unwritten");
        return result;
    }

    /// <summary>The values of <paramref name="blocks"/>.</summary>
    public static float[] Dequantize(GgmlType type, ReadOnlySpan<byte> blocks)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        var values = new float[blocks.Length / traits.TypeSize * traits.BlockSize];
        Dequantizer.ToFloat(type, blocks, values);
        return values;
    }

    /// <summary>Quantizes and dequantizes on the path that users get.</summary>
    public static float[] RoundTrip(GgmlType type, ReadOnlySpan<float> source)
    {
        var blocks = new byte[GgmlTypeTraits.For(type).BytesFor(source.Length)];
        Quantizer.FromFloat(type, source, blocks);
        return Dequantize(type, blocks);
    }

    /// <summary>Root of the squared errors' sum over that of the squared values.</summary>
    public static double RelativeError(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double error = 0, power = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = (double)expected[i] - actual[i];
            error += difference * difference;
            power += (double)expected[i] * expected[i];
        }

        return Math.Sqrt(error / power);
    }

    private static byte[] Run(KernelPath path, GgmlType type, ReadOnlySpan<float> source, byte fill)
    {
        long bytes = GgmlTypeTraits.For(type).BytesFor(source.Length);
        float[] shifted = [0, .. source];
        var result = new byte[bytes + 2];
        Array.Fill(result, fill);
        result[0] = result[^1] = Guard;
        fixed (float* from = shifted)
        fixed (byte* to = result)
            QuantizeDispatch.Run(path, type, from + 1, to + 1, source.Length);
        Assert.Equal(Guard, result[0]);
        Assert.Equal(Guard, result[^1]);
        return result[1..^1];
    }
}
