using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// The codebooks of the IQ formats: groups of four or eight small numbers that an index selects as a whole. They are
/// constants of the formats (ggml's <c>ggml-common.h</c>, MIT), kept here at two or three bits a number and expanded
/// to a byte a number at first use, into native memory that lives as long as the process.
/// </summary>
internal static unsafe partial class Codebooks
{
    private const int CacheLineBytes = 64;
    private const float Shift = 0.125f;

    // Alphabets of the packed entries, by code.
    private static ReadOnlySpan<byte> Alphabet2Bit => [8, 25, 43, 0];
    private static ReadOnlySpan<byte> Alphabet3XXS => [4, 12, 20, 28, 36, 44, 52, 62];
    private static ReadOnlySpan<byte> Alphabet3S => [1, 3, 5, 7, 9, 11, 13, 15];
    private static ReadOnlySpan<byte> AlphabetTernary => [0xFF, 0, 1, 0];

    /// <summary>256 entries of 8 magnitudes.</summary>
    internal static readonly byte* IQ2_XXS = Expand(IQ2_XXSPacked, Alphabet2Bit, 2);

    /// <summary>512 entries of 8 magnitudes.</summary>
    internal static readonly byte* IQ2_XS = Expand(IQ2_XSPacked, Alphabet2Bit, 2);

    /// <summary>1,024 entries of 8 magnitudes.</summary>
    internal static readonly byte* IQ2_S = Expand(IQ2_SPacked, Alphabet2Bit, 2);

    /// <summary>256 entries of 4 magnitudes.</summary>
    internal static readonly byte* IQ3_XXS = Expand(IQ3_XXSPacked, Alphabet3XXS, 3);

    /// <summary>512 entries of 4 magnitudes.</summary>
    internal static readonly byte* IQ3_S = Expand(IQ3_SPacked, Alphabet3S, 3);

    /// <summary>2,048 entries of 8 signed digits −1, 0, 1, for IQ1_S and IQ1_M.</summary>
    internal static readonly sbyte* IQ1 = (sbyte*)Expand(IQ1Packed, AlphabetTernary, 2);

    /// <summary>Eight sign bits from a seven-bit code: the eighth makes their number even.</summary>
    internal static uint Signs(uint code) => code | ((uint)BitOperations.PopCount(code) & 1) << 7;

    /// <summary>Sixteen sign bits from two seven-bit codes.</summary>
    internal static uint TwoSigns(uint first, uint second) => Signs(first) | Signs(second) << 8;

    /// <summary>8 · digit + shift: ternary digits moved by one eighth up or down, counted in eighths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<sbyte> Eighths(Vector128<sbyte> digits, Vector128<sbyte> shifts)
    {
        Vector128<sbyte> twice = digits + digits, fourTimes = twice + twice;
        return fourTimes + fourTimes + shifts;
    }

    /// <summary>Eight values: step · magnitude, negated where the sign bit is set.</summary>
    internal static void Scale8(byte* magnitudes, uint signs, float step, float* destination)
    {
        Scale4(magnitudes, signs, step, destination);
        Scale4(magnitudes + 4, signs >> 4, step, destination + 4);
    }

    /// <summary>Four values: step · magnitude, negated where the sign bit is set.</summary>
    internal static void Scale4(byte* magnitudes, uint signs, float step, float* destination)
    {
        for (int i = 0; i < 4; i++)
            destination[i] = step * magnitudes[i] * (((signs >> i) & 1) != 0 ? -1f : 1f);
    }

    /// <summary>Eight values: step · (digit ± 1/8).</summary>
    internal static void Shift8(sbyte* digits, bool negative, float step, float* destination)
    {
        float shift = negative ? -Shift : Shift;
        for (int i = 0; i < 8; i++) destination[i] = step * (digits[i] + shift);
    }

    private static byte* Expand(ReadOnlySpan<ushort> packed, ReadOnlySpan<byte> alphabet, int bits)
    {
        int valuesPerEntry = bits == 2 ? 8 : 4, mask = (1 << bits) - 1;
        var expanded = (byte*)NativeMemory.AlignedAlloc((nuint)(packed.Length * valuesPerEntry), CacheLineBytes);
        for (int entry = 0; entry < packed.Length; entry++)
            for (int i = 0; i < valuesPerEntry; i++)
                expanded[entry * valuesPerEntry + i] = alphabet[(packed[entry] >> (bits * i)) & mask];
        return expanded;
    }
}
