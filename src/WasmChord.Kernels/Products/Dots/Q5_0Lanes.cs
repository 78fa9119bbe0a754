using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary><see cref="BlockQ5_0"/> in registers: codes 0 to 31, which exceed the integers by 16.</summary>
internal readonly unsafe struct Q5_0Lanes : ISmallBlockLanes
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ5_0);

    /// <inheritdoc/>
    public static int RunLength => 32;

    /// <inheritdoc/>
    public static bool HasMins => false;

    /// <inheritdoc/>
    public static bool IsSigned => false;

    /// <inheritdoc/>
    public static int Offset => 16;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins) =>
        Q5_0Codes.UnpackScalar(source, codes, scales, mins);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins) =>
        Q5_0Codes.Unpack(source, codes, scales, mins);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scales8(byte* blocks) => HalfScales.Of<BlockQ5_0>(blocks);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Mins8(byte* blocks) => default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Codes32(byte* block) => NibbleLanes.WithFifths(((BlockQ5_0*)block)->Qs, *(uint*)((BlockQ5_0*)block)->Qh);
}
