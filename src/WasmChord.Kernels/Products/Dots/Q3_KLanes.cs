using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary><see cref="BlockQ3_K"/> in registers: codes 0 to 7, too large by 4.</summary>
internal readonly unsafe struct Q3_KLanes : ISuperBlockLanes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ3_K);

    /// <inheritdoc/>
    public static bool AlternatesHalves => Q3_KCodes.AlternatesHalves;

    /// <inheritdoc/>
    public static bool IsSigned => false;

    /// <inheritdoc/>
    public static byte Excess => 4;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to) => Q3_KCodes.UnpackScalar(source, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to) => Q3_KCodes.Unpack(source, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float D, float DMin) Factors(byte* block) =>
        (Float16.ToSingle(((BlockQ3_K*)block)->D), 0f);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Scales(byte* block) => Q3_K.Scales(((BlockQ3_K*)block)->Scales);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Mins(byte* block) => default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Codes32(byte* block, int step)
    {
        Vector256<byte> packed = Vector256.Load(((BlockQ3_K*)block)->Qs + 32 * (step >> 2));
        Vector256<byte> thirds = Vector256.Load(((BlockQ3_K*)block)->HMask);
        packed = (packed.AsUInt16() >>> (2 * (step & 3))).AsByte() & Vector256.Create((byte)3);
        thirds = (step < 2 ? thirds.AsUInt16() << (2 - step) : thirds.AsUInt16() >>> (step - 2)).AsByte();
        return packed | (thirds & Vector256.Create((byte)4));
    }
}
