using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary><see cref="BlockIQ4_XS"/> in registers: nibbles select levels; 16 bytes hold 32 of them.</summary>
internal readonly unsafe struct IQ4_XSLanes : ISuperBlockLanes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockIQ4_XS);

    /// <inheritdoc/>
    public static bool IsSigned => true;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to) => IQ4_XSCodes.UnpackScalar(source, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to) => IQ4_XSCodes.Unpack(source, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float D, float DMin) Factors(byte* block) =>
        (Float16.ToSingle(((BlockIQ4_XS*)block)->D), 0f);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Scales(byte* block)
    {
        // The nibbles of the lower parts, in order, and above them the pairs of the upper parts; each scale serves two.
        uint low = *(uint*)((BlockIQ4_XS*)block)->ScalesL, high = ((BlockIQ4_XS*)block)->ScalesH;
        ulong nibbles = low & 0x0F0F_0F0Fu | (ulong)((low >> 4) & 0x0F0F_0F0Fu) << 32;
        Vector128<uint> pairs = Vector128.Create(high << 4, high << 2, high, high >> 2) & Vector128.Create(0x0000_3030u);
        Vector128<byte> lower = Vector128.ShuffleNative(Vector128.CreateScalarUnsafe(nibbles).AsByte(),
            Vector128.Create((byte)0, 0, 4, 4, 1, 1, 5, 5, 2, 2, 6, 6, 3, 3, 7, 7));
        Vector128<byte> upper = Vector128.ShuffleNative(pairs.AsByte(),
            Vector128.Create((byte)0, 0, 4, 4, 8, 8, 12, 12, 1, 1, 5, 5, 9, 9, 13, 13));
        return (lower | upper).AsSByte() - Vector128.Create((sbyte)32);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Mins(byte* block) => default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Codes32(byte* block, int step)
    {
        Vector128<byte> packed = Vector128.Load(((BlockIQ4_XS*)block)->Qs + 16 * step);
        Vector256<byte> nibbles = Vector256.Create(packed, (packed.AsUInt16() >>> 4).AsByte()) & Vector256.Create((byte)15);
        return Avx2.Shuffle(Levels256, nibbles);
    }

    private static Vector256<byte> Levels256
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Vector128<byte> levels = Vector128.Create(IQ4_NL.Levels).AsByte();
            return Vector256.Create(levels, levels);
        }
    }
}
