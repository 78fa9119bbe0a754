using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary><see cref="BlockQ4_K"/> in registers: the low nibbles of 32 bytes are 32 codes, the high ones the next 32.</summary>
internal readonly unsafe struct Q4_KLanes : ISuperBlockLanes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ4_K);

    /// <inheritdoc/>
    public static int MinLanes => Q4_KCodes.MinLanes;

    /// <inheritdoc/>
    public static bool IsSigned => false;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to) => Q4_KCodes.UnpackScalar(source, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to) => Q4_KCodes.Unpack(source, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float D, float DMin) Factors(byte* block) =>
        (Float16.ToSingle(((BlockQ4_K*)block)->D), Float16.ToSingle(((BlockQ4_K*)block)->DMin));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Scales(byte* block) => KScales.Pairs(((BlockQ4_K*)block)->Scales, 0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Mins(byte* block) => KScales.Pairs(((BlockQ4_K*)block)->Scales, 8);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Codes32(byte* block, int step)
    {
        Vector256<byte> packed = Vector256.Load(((BlockQ4_K*)block)->Qs + 32 * (step >> 1));
        if ((step & 1) != 0) packed = (packed.AsUInt16() >>> 4).AsByte();
        return packed & Vector256.Create((byte)15);
    }
}
