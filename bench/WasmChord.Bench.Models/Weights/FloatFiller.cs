using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Bench.Models;

/// <summary>
/// F32, F16 and BF16: values spread evenly around a mean. Sixteen random bits choose each of them from a table, in place.
/// </summary>
internal sealed class FloatFiller : WeightFiller
{
    private const int Levels = 1 << 16;

    private readonly float[] _values = new float[Levels];
    private readonly ushort[]? _shortValues;

    public FloatFiller(GgmlType type, double mean, double deviation)
    {
        // An even distribution from −w to w has the deviation w / √3.
        double halfWidth = deviation * Math.Sqrt(3);
        for (int i = 0; i < Levels; i++) _values[i] = (float)(mean + halfWidth * ((2.0 * i + 1) / Levels - 1));
        if (type == GgmlType.F32) return;
        _shortValues = new ushort[Levels];
        Quantizer.FromFloat(type, _values, MemoryMarshal.AsBytes(_shortValues.AsSpan()));
    }

    protected override void Shape(Span<byte> blocks)
    {
        if (_shortValues is not null)
        {
            foreach (ref ushort value in MemoryMarshal.Cast<byte, ushort>(blocks)) value = _shortValues[value];
            return;
        }
        Span<float> floats = MemoryMarshal.Cast<byte, float>(blocks);
        foreach (ref float value in floats) value = _values[BitConverter.SingleToUInt32Bits(value) >> 16];
    }
}
