using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockQ2_0"/>: −1 to 2; one scale for two runs.</summary>
internal readonly unsafe struct Q2_0Codes : ISmallBlockCodes
{
    /// <inheritdoc/>
    public static int BlockSize => 64;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ2_0);

    /// <inheritdoc/>
    public static int RunLength => 32;

    /// <inheritdoc/>
    public static bool HasMins => false;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockQ2_0*)source;
        scales[0] = scales[1] = Float16.ToSingle(block->D);
        for (int i = 0; i < 64; i++) codes[i] = (sbyte)(((block->Qs[i >> 2] >> (2 * (i & 3))) & 3) - 1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockQ2_0*)source;
        Vector128<byte> copies = Vector128.Create((byte)0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
        Vector128<byte> upperTwo = Vector128.Create(0xFFFF_0000u).AsByte();
        Vector128<byte> everyOther = Vector128.Create((ushort)0xFF00).AsByte();
        scales[0] = scales[1] = Float16.ToSingle(block->D);
        for (int i = 0; i < 4; i++)
        {
            // Four copies of each byte; the third and fourth give up a nibble, the second and fourth a pair.
            Vector128<byte> pairs = Vector128.ShuffleNative(
                Vector128.CreateScalarUnsafe(((uint*)block->Qs)[i]).AsByte(), copies);
            pairs = Vector128.ConditionalSelect(upperTwo, (pairs.AsUInt16() >>> 4).AsByte(), pairs);
            pairs = Vector128.ConditionalSelect(everyOther, (pairs.AsUInt16() >>> 2).AsByte(), pairs);
            ((pairs & Vector128.Create((byte)3)).AsSByte() - Vector128<sbyte>.One).Store(codes + 16 * i);
        }
    }
}
