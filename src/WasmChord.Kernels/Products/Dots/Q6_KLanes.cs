using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary><see cref="BlockQ6_K"/> in registers: codes 0 to 63, which exceed the integers by 32.</summary>
internal readonly unsafe struct Q6_KLanes : ISuperBlockLanes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ6_K);

    /// <inheritdoc/>
    public static int Offset => Q6_KCodes.Offset;

    /// <inheritdoc/>
    public static bool IsSigned => false;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to) => Q6_KCodes.UnpackScalar(source, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to) => Q6_KCodes.Unpack(source, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float D, float DMin) Factors(byte* block) =>
        (Float16.ToSingle(((BlockQ6_K*)block)->D), 0f);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Scales(byte* block) => Vector128.Load(((BlockQ6_K*)block)->Scales);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Mins(byte* block) => default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Codes32(byte* block, int step)
    {
        // Four steps of a half: nibbles low, low, high, high of its two 32 bytes, and a pair of bits of the same 32.
        int half = step >> 2, part = step & 3;
        Vector256<byte> packed = Vector256.Load(((BlockQ6_K*)block)->Ql + 64 * half + 32 * (part & 1));
        Vector256<byte> pairs = Vector256.Load(((BlockQ6_K*)block)->Qh + 32 * half);
        if (part >= 2) packed = (packed.AsUInt16() >>> 4).AsByte();
        pairs = (part < 2 ? pairs.AsUInt16() << (4 - 2 * part) : pairs.AsUInt16() >>> (2 * part - 4)).AsByte();
        return (packed & Vector256.Create((byte)15)) | (pairs & Vector256.Create((byte)0x30));
    }
}
