using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary><see cref="BlockMXFP4"/> in registers: nibbles select doubled E2M1 values.</summary>
internal readonly unsafe struct MXFP4Lanes : ISmallBlockLanes
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockMXFP4);

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
        MXFP4Codes.UnpackScalar(source, codes, scales, mins);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins) =>
        MXFP4Codes.Unpack(source, codes, scales, mins);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scales8(byte* blocks) => Vector256.Create(
        MicroscalingFloats.HalfOfE8M0(((BlockMXFP4*)blocks + 0)->E),
        MicroscalingFloats.HalfOfE8M0(((BlockMXFP4*)blocks + 1)->E),
        MicroscalingFloats.HalfOfE8M0(((BlockMXFP4*)blocks + 2)->E),
        MicroscalingFloats.HalfOfE8M0(((BlockMXFP4*)blocks + 3)->E),
        MicroscalingFloats.HalfOfE8M0(((BlockMXFP4*)blocks + 4)->E),
        MicroscalingFloats.HalfOfE8M0(((BlockMXFP4*)blocks + 5)->E),
        MicroscalingFloats.HalfOfE8M0(((BlockMXFP4*)blocks + 6)->E),
        MicroscalingFloats.HalfOfE8M0(((BlockMXFP4*)blocks + 7)->E));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Mins8(byte* blocks) => default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Codes32(byte* block) => NibbleLanes.Select(Vector128.Create(MicroscalingFloats.DoubledE2M1), ((BlockMXFP4*)block)->Qs);
}
