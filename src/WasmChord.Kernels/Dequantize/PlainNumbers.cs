using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>Elements that are machine numbers: cast, and so rounded to nearest even where float is coarser.</summary>
internal static unsafe class PlainNumbers
{
    internal static void FromSingle(byte* source, float* destination, long count) =>
        Buffer.MemoryCopy(source, destination, count * sizeof(float), count * sizeof(float));

    internal static void FromDouble(byte* source, float* destination, long count)
    {
        for (long i = 0; i < count; i++) destination[i] = (float)Unsafe.ReadUnaligned<double>(source + 8 * i);
    }

    internal static void FromInt8(byte* source, float* destination, long count)
    {
        for (long i = 0; i < count; i++) destination[i] = (sbyte)source[i];
    }

    internal static void FromInt16(byte* source, float* destination, long count)
    {
        for (long i = 0; i < count; i++) destination[i] = Unsafe.ReadUnaligned<short>(source + 2 * i);
    }

    internal static void FromInt32(byte* source, float* destination, long count)
    {
        for (long i = 0; i < count; i++) destination[i] = Unsafe.ReadUnaligned<int>(source + 4 * i);
    }

    internal static void FromInt64(byte* source, float* destination, long count)
    {
        for (long i = 0; i < count; i++) destination[i] = Unsafe.ReadUnaligned<long>(source + 8 * i);
    }
}
