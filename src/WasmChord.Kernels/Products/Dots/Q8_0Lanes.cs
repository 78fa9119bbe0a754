using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary><see cref="BlockQ8_0"/> in registers.</summary>
internal readonly unsafe struct Q8_0Lanes : ISmallBlockLanes
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ8_0);

    /// <inheritdoc/>
    public static int RunLength => 32;

    /// <inheritdoc/>
    public static bool HasMins => false;

    /// <inheritdoc/>
    public static bool IsSigned => true;

    /// <inheritdoc/>
    public static int Offset => 0;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins) =>
        Q8_0Codes.UnpackScalar(source, codes, scales, mins);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins) =>
        Q8_0Codes.Unpack(source, codes, scales, mins);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scales8(byte* blocks) => HalfScales.Of<BlockQ8_0>(blocks);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Mins8(byte* blocks) => default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Codes32(byte* block) => Vector256.Load((byte*)((BlockQ8_0*)block)->Qs);
}
