using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Bytes to words, for products of words in pairs.</summary>
internal static unsafe class CodeWords
{
    /// <summary>Widens 16 · <paramref name="parts"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Widen(sbyte* codes, short* words, int parts)
    {
        for (int part = 0; part < parts; part++)
        {
            (Vector128<short> first, Vector128<short> second) = Vector128.Widen(Vector128.Load(codes + 16 * part));
            first.Store(words + 16 * part);
            second.Store(words + 16 * part + 8);
        }
    }

    /// <summary>
    /// 256 codes and an offset times their scales: no product exceeds 16 bits, see <see cref="SuperBlockCodes"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Scale(sbyte* codes, short* scales, int offset, short* words)
    {
        for (int part = 0; part < 16; part++)
        {
            Vector128<short> scale = Vector128.Create(scales[part]), shift = Vector128.Create((short)offset);
            (Vector128<short> first, Vector128<short> second) = Vector128.Widen(Vector128.Load(codes + 16 * part));
            ((first + shift) * scale).Store(words + 16 * part);
            ((second + shift) * scale).Store(words + 16 * part + 8);
        }
    }
}
