using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockQ8_0"/>: −128 to 127.</summary>
internal readonly unsafe struct Q8_0Codes : ISmallBlockCodes
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
    public static void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockQ8_0*)source;
        scales[0] = Float16.ToSingle(block->D);
        for (int i = 0; i < 32; i++) codes[i] = block->Qs[i];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockQ8_0*)source;
        scales[0] = Float16.ToSingle(block->D);
        Vector128.Load(block->Qs).Store(codes);
        Vector128.Load(block->Qs + 16).Store(codes + 16);
    }
}
