namespace WasmChord.Kernels;

/// <summary>IEEE 754 binary16 values: see <see cref="Float16"/>.</summary>
internal static unsafe partial class F16
{
    internal static void DequantizeScalar(byte* source, float* destination, long count)
    {
        var values = (ushort*)source;
        for (long i = 0; i < count; i++) destination[i] = Float16.ToSingle(values[i]);
    }
}
