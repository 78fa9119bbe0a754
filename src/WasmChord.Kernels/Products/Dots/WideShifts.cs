using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>
/// Two copies of 32 packed bytes in one register, shifted apart: the lower copy yields one part of each byte, the upper
/// copy another. Words are shifted; masks remove what crosses into the neighbouring byte.
/// </summary>
internal static class WideShifts
{
    /// <summary>The lower copy shifted right by one count, the upper by another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<byte> Right(Vector256<byte> packed, int lower, int upper) =>
        Avx512BW.ShiftRightLogicalVariable(Twice(packed), Counts(lower, upper)).AsByte();

    /// <summary>The lower copy shifted left by one count, the upper by another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<byte> Left(Vector256<byte> packed, int lower, int upper) =>
        Avx512BW.ShiftLeftLogicalVariable(Twice(packed), Counts(lower, upper)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Twice(Vector256<byte> packed) => Vector512.Create(packed, packed).AsUInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Counts(int lower, int upper) =>
        Vector512.Create(Vector256.Create((ushort)lower), Vector256.Create((ushort)upper));
}
