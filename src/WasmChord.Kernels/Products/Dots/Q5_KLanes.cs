using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary><see cref="BlockQ5_K"/> in registers: nibbles as in Q4_K, and a fifth bit from the same 32 bytes for all.</summary>
internal readonly unsafe struct Q5_KLanes : ISuperBlockLanes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ5_K);

    /// <inheritdoc/>
    public static int MinLanes => Q5_KCodes.MinLanes;

    /// <inheritdoc/>
    public static bool IsSigned => false;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to) => Q5_KCodes.UnpackScalar(source, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to) => Q5_KCodes.Unpack(source, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float D, float DMin) Factors(byte* block) =>
        (Float16.ToSingle(((BlockQ5_K*)block)->D), Float16.ToSingle(((BlockQ5_K*)block)->DMin));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Scales(byte* block) => KScales.Pairs(((BlockQ5_K*)block)->Scales, 0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Mins(byte* block) => KScales.Pairs(((BlockQ5_K*)block)->Scales, 8);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Codes32(byte* block, int step)
    {
        Vector256<byte> packed = Vector256.Load(((BlockQ5_K*)block)->Qs + 32 * (step >> 1));
        Vector256<byte> fifths = Vector256.Load(((BlockQ5_K*)block)->Qh);
        if ((step & 1) != 0) packed = (packed.AsUInt16() >>> 4).AsByte();
        fifths = (step < 4 ? fifths.AsUInt16() << (4 - step) : fifths.AsUInt16() >>> (step - 4)).AsByte();
        return (packed & Vector256.Create((byte)15)) | (fifths & Vector256.Create((byte)16));
    }
}
