using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>As <see cref="SuperBlockDot256"/>, sixty-four codes a step: four scales, one for each 128 bits.</summary>
internal static unsafe class SuperBlockDot512
{
    /// <summary>One row · one position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Row<T>(byte* weights, byte* activations, PreparedActivations* prepared, int columns)
        where T : ISuperBlockLanes<T>
    {
        float sum = 0;
        var y = (BlockQ8_K*)activations;
        for (int group = columns / 256; group > 0; group--, weights += T.TypeSize, y++)
        {
            // Each 128 bits receive all sixteen scale bytes; step i takes bytes 4i to 4i + 3 of them, one each.
            Vector128<sbyte> bytes = T.Scales(weights);
            Vector512<byte> scales = Vector512.Create(Vector256.Create(bytes, bytes), Vector256.Create(bytes, bytes)).AsByte();
            Vector256<short> sums = Vector256.Load(y->BSums);
            Vector512<int> a = Step<T>(weights, y->Qs, scales, 0) + Step<T>(weights, y->Qs, scales, 1);
            Vector512<int> b = Step<T>(weights, y->Qs, scales, 2) + Step<T>(weights, y->Qs, scales, 3);
            a += b;
            Vector256<int> products = a.GetLower() + a.GetUpper();
            if (T.OffsetShift >= 0)
                products -= Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(bytes), sums) << T.OffsetShift;
            Vector256<int> mins = T.HasMins
                ? Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(T.Mins(weights)), sums)
                : Vector256<int>.Zero;
            sum += SuperBlockSum.Contribution<T>(weights, y->D, products, mins);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Step<T>(byte* weights, sbyte* y, Vector512<byte> scales, int step)
        where T : ISuperBlockLanes<T>
    {
        Vector512<byte> codes = T.Codes64(weights, step);
        Vector512<sbyte> values = Vector512.Load(y + 64 * step);
        if (T.IsSigned)
        {
            values = Vector512.ConditionalSelect(
                Vector512.LessThan(codes.AsSByte(), Vector512<sbyte>.Zero), -values, values);
            codes = Avx512BW.Abs(codes.AsSByte());
        }

        // The byte goes to the upper half of each word, and an arithmetic shift brings it down with its sign.
        Vector512<byte> selected = Avx512BW.Shuffle(scales, Selectors(step));
        Vector512<short> scale = selected.AsInt16() >> 8;
        return Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(codes, values), scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Selectors(int step) => Vector512.Create(
        Vector256.Create(Vector128.Create((byte)(4 * step)), Vector128.Create((byte)(4 * step + 1))),
        Vector256.Create(Vector128.Create((byte)(4 * step + 2)), Vector128.Create((byte)(4 * step + 3))));
}
