using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary><see cref="BlockQ2_K"/> in registers: pair p of 32 bytes is 32 codes.</summary>
internal readonly unsafe struct Q2_KLanes : ISuperBlockLanes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ2_K);

    /// <inheritdoc/>
    public static bool AlternatesHalves => Q2_KCodes.AlternatesHalves;

    /// <inheritdoc/>
    public static int MinLanes => Q2_KCodes.MinLanes;

    /// <inheritdoc/>
    public static bool IsSigned => false;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to) => Q2_KCodes.UnpackScalar(source, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to) => Q2_KCodes.Unpack(source, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float D, float DMin) Factors(byte* block) =>
        (Float16.ToSingle(((BlockQ2_K*)block)->D), Float16.ToSingle(((BlockQ2_K*)block)->DMin));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Scales(byte* block) => Codes.LowNibbles(Vector128.Load(((BlockQ2_K*)block)->Scales)).AsSByte();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Mins(byte* block) => Codes.HighNibbles(Vector128.Load(((BlockQ2_K*)block)->Scales)).AsSByte();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Codes32(byte* block, int step)
    {
        Vector256<byte> packed = Vector256.Load(((BlockQ2_K*)block)->Qs + 32 * (step >> 2));
        return (packed.AsUInt16() >>> (2 * (step & 3))).AsByte() & Vector256.Create((byte)3);
    }
}
