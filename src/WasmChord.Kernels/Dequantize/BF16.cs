namespace WasmChord.Kernels;

/// <summary>bfloat16 values: see <see cref="BrainFloat16"/>.</summary>
internal static unsafe partial class BF16
{
    internal static void DequantizeScalar(byte* source, float* destination, long count)
    {
        var values = (ushort*)source;
        for (long i = 0; i < count; i++) destination[i] = BrainFloat16.ToSingle(values[i]);
    }
}
