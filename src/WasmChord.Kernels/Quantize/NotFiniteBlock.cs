using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>
/// How a block that held a NaN or an infinity is stored: its scale is a positive quiet NaN and all else zero, so that
/// every value of it dequantizes to NaN.
/// </summary>
internal static unsafe class NotFiniteBlock
{
    /// <summary>The scale of formats whose scale is a half.</summary>
    public const ushort HalfScale = 0x7E00;

    /// <summary>The scale of formats whose scale is a float, or is rounded to a half later.</summary>
    public static float SingleScale => BitConverter.UInt32BitsToSingle(0x7FC0_0000);

    /// <summary>Stores such a block of <paramref name="typeSize"/> bytes with a half for its scale.</summary>
    public static void Store(byte* block, int typeSize, int scaleOffset)
    {
        Unsafe.InitBlockUnaligned(block, 0, (uint)typeSize);
        *(ushort*)(block + scaleOffset) = HalfScale;
    }
}
