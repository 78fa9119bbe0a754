using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary><see cref="BlockQ4_1"/> in registers: codes 0 to 15.</summary>
internal readonly unsafe struct Q4_1Lanes : ISmallBlockLanes
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ4_1);

    /// <inheritdoc/>
    public static int RunLength => 32;

    /// <inheritdoc/>
    public static bool HasMins => true;

    /// <inheritdoc/>
    public static bool IsSigned => false;

    /// <inheritdoc/>
    public static int Offset => 0;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins) =>
        Q4_1Codes.UnpackScalar(source, codes, scales, mins);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins) =>
        Q4_1Codes.Unpack(source, codes, scales, mins);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scales8(byte* blocks) => HalfScales.Of<BlockQ4_1>(blocks);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Mins8(byte* blocks) => HalfScales.Of<BlockQ4_1>(blocks + sizeof(Half));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Codes32(byte* block) => NibbleLanes.Of(((BlockQ4_1*)block)->Qs);
}
