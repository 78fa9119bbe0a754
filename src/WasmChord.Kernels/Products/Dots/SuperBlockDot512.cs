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
            (float scale, float minScale) = T.Factors(weights);

            // Each 128 bits receive all sixteen scale bytes; step i takes bytes 4i to 4i + 3 of them, one each.
            Vector128<sbyte> bytes = T.Scales(weights);
            Vector512<byte> scales = Avx512F.Shuffle4x128(
                bytes.ToVector256Unsafe().ToVector512Unsafe().AsInt32(), bytes.ToVector256Unsafe().ToVector512Unsafe().AsInt32(), 0).AsByte();
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
            sum += SuperBlockSum.Contribution<T>(scale * y->D, minScale * y->D, products, mins);
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

        // Scales below 128 go to the lower half of each word, whose upper half is cleared. Signed ones go to both halves,
        // and an arithmetic shift brings the upper one down with its sign.
        Vector512<short> scale = Avx512BW.Shuffle(scales, Selectors(step, T.HasMins ? 0x8000 : 0)).AsInt16();
        if (!T.HasMins) scale >>= 8;
        return Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(codes, values), scale);
    }

    // For each 128 bits one word, eight times: a byte's index twice, or once below the flag that clears.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Selectors(int step, int clear)
    {
        ulong every = 0x0001_0001_0001_0001, next = clear == 0 ? 0x0101ul : 1ul;
        ulong first = clear == 0 ? 4ul * (uint)step * 0x0101 : 4ul * (uint)step + 0x8000;
        return Vector512.Create(
            first * every, first * every, (first + next) * every, (first + next) * every,
            (first + 2 * next) * every, (first + 2 * next) * every, (first + 3 * next) * every, (first + 3 * next) * every).AsByte();
    }
}
