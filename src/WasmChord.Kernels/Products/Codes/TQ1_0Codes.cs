using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockTQ1_0"/>: −1 to 1, every scale 1.</summary>
internal readonly unsafe struct TQ1_0Codes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockTQ1_0);

    /// <inheritdoc/>
    public static int LaneCount => 1;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockTQ1_0*)source;
        to->D = Float16.ToSingle(block->D);
        for (int part = 0; part < 16; part++) to->Scales[part] = 1;
        for (int i = 0; i < 160; i++) to->Codes[i] = (sbyte)(TQ1_0.Digit(block->Qs[i & 31], i >> 5) - 1);
        for (int i = 0; i < 80; i++) to->Codes[160 + i] = (sbyte)(TQ1_0.Digit(block->Qs[32 + (i & 15)], i >> 4) - 1);
        for (int i = 0; i < 16; i++) to->Codes[240 + i] = (sbyte)(TQ1_0.Digit(block->Qh[i & 3], i >> 2) - 1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockTQ1_0*)source;
        to->D = Float16.ToSingle(block->D);
        SixteenScales.Store(Vector128<sbyte>.One, to->Scales);
        FiveDigits(TQ1_0.Biased(Vector128.Load(block->Qs)), to->Codes, 32);
        FiveDigits(TQ1_0.Biased(Vector128.Load(block->Qs + 16)), to->Codes + 16, 32);
        FiveDigits(TQ1_0.Biased(Vector128.Load(block->Qs + 32)), to->Codes + 160, 16);

        Vector128<sbyte> first = TQ1_0.Biased(Vector128.Create(*(uint*)block->Qh).AsByte());
        Vector128<sbyte> second = TQ1_0.Triple(first), third = TQ1_0.Triple(second), fourth = TQ1_0.Triple(third);
        Vector128<int> last = Vector128.Create(
            first.AsInt32()[0], second.AsInt32()[0], third.AsInt32()[0], fourth.AsInt32()[0]);
        TQ1_0.SignedDigits(last.AsSByte()).Store(to->Codes + 240);
    }

    // Sixteen bytes of five digits each; equal digits of all bytes lie together, stride values after those before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FiveDigits(Vector128<sbyte> fractions, sbyte* codes, int stride)
    {
        for (int digit = 0; digit < 5; digit++, fractions = TQ1_0.Triple(fractions))
            TQ1_0.SignedDigits(fractions).Store(codes + digit * stride);
    }
}
