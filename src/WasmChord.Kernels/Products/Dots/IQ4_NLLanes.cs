using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary><see cref="BlockIQ4_NL"/> in registers: nibbles select levels.</summary>
internal readonly unsafe struct IQ4_NLLanes : ISmallBlockLanes
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockIQ4_NL);

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
        IQ4_NLCodes.UnpackScalar(source, codes, scales, mins);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins) =>
        IQ4_NLCodes.Unpack(source, codes, scales, mins);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scales8(byte* blocks) => HalfScales.Of<BlockIQ4_NL>(blocks);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Mins8(byte* blocks) => default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Codes32(byte* block) => NibbleLanes.Select(Vector128.Create(IQ4_NL.Levels), ((BlockIQ4_NL*)block)->Qs);
}
