namespace WasmChord.Kernels;

/// <summary>Rounds floats to halves, many at a time: <see cref="Float16.BitsFromSingle"/> and its vector twins.</summary>
internal static unsafe partial class HalfRounding
{
    internal static void Run(KernelPath path, float* source, ushort* destination, long count)
    {
        RunScalar(source, destination, count);
    }

    internal static void RunScalar(float* source, ushort* destination, long count)
    {
        for (long i = 0; i < count; i++) destination[i] = Float16.BitsFromSingle(source[i]);
    }
}
