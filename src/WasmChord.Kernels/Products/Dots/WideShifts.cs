using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>
/// Two copies of 32 packed bytes in one register, shifted apart: the lower copy yields one part of each byte, the upper
/// copy another. Words are shifted; masks remove what crosses into the neighbouring byte.
/// </summary>
internal static unsafe class WideShifts
{
    /// <summary>The lower copy shifted right by one count, the upper by another; both are constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<byte> Right(byte* packed, int lower, int upper) =>
        Avx512BW.ShiftRightLogicalVariable(Twice(packed), Counts(lower, upper)).AsByte();

    /// <summary>The lower copy shifted left by one count, the upper by another; both are constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<byte> Left(byte* packed, int lower, int upper) =>
        Avx512BW.ShiftLeftLogicalVariable(Twice(packed), Counts(lower, upper)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Twice(byte* packed) => Avx512F.BroadcastVector256ToVector512((ulong*)packed).AsUInt16();

    // Four words at a time, so that the whole is one constant.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Counts(int lower, int upper) => Vector512.Create(
        lower * 0x0001_0001_0001_0001L, lower * 0x0001_0001_0001_0001L, lower * 0x0001_0001_0001_0001L, lower * 0x0001_0001_0001_0001L,
        upper * 0x0001_0001_0001_0001L, upper * 0x0001_0001_0001_0001L, upper * 0x0001_0001_0001_0001L, upper * 0x0001_0001_0001_0001L).AsUInt16();
}
