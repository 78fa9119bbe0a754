using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>AVX2: sixteen values are two registers.</summary>
internal readonly unsafe struct Lanes256 : ILanes
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale16(Vector128<sbyte> codes, float scale, float* destination)
    {
        Vector256<float> scales = Vector256.Create(scale);
        (First(codes) * scales).Store(destination);
        (Second(codes) * scales).Store(destination + 8);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Affine16(Vector128<sbyte> codes, float scale, float offset, float* destination)
    {
        Vector256<float> scales = Vector256.Create(scale), offsets = Vector256.Create(offset);
        (First(codes) * scales + offsets).Store(destination);
        (Second(codes) * scales + offsets).Store(destination + 8);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Nibbles16(
        byte* packed, float lowScale, float lowOffset, float highScale, float highOffset, float* low, float* high)
    {
        Vector128<byte> bytes = Vector128.Load(packed);
        Affine16(Codes.LowNibbles(bytes).AsSByte(), lowScale, lowOffset, low);
        Affine16(Codes.HighNibbles(bytes).AsSByte(), highScale, highOffset, high);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FromHalf16(ushort* source, float* destination)
    {
        FromHalf(Avx2.ConvertToVector256Int32((short*)source)).Store(destination);
        FromHalf(Avx2.ConvertToVector256Int32((short*)source + 8)).Store(destination + 8);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FromBrain16(ushort* source, float* destination)
    {
        (Avx2.ConvertToVector256Int32(source) << 16).Store((int*)destination);
        (Avx2.ConvertToVector256Int32(source + 8) << 16).Store((int*)destination + 8);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToHalf16(float* source, ushort* destination)
    {
        Vector256.Narrow(ToHalf(Vector256.Load(source)), ToHalf(Vector256.Load(source + 8))).Store(destination);
    }

    // The lanes hold one half each, sign-extended; see Float16.ToSingleWithoutExponent, which serves all numbers here.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> FromHalf(Vector256<int> extended)
    {
        Vector256<int> magnitude = (extended << 13) & Vector256.Create(0x0FFF_E000);
        Vector256<int> lifted = magnitude + Vector256.Create((int)Float16.LiftedExponent);
        Vector256<float> withoutExponent = (lifted + Vector256.Create(1 << 23)).AsSingle()
            - Vector256.Create(Float16.LiftedOne);
        Vector256<float> isSubnormal = Vector256.LessThan(magnitude, Vector256.Create(1 << 23)).AsSingle();
        Vector256<float> result = Vector256.ConditionalSelect(isSubnormal, withoutExponent, lifted.AsSingle())
            * Vector256.Create(Float16.Lowered);
        return (result.AsInt32() | (extended & Vector256.Create(int.MinValue))).AsSingle();
    }

    // Leaves one half in the lower 16 bits of each lane; see Float16.BitsFromSingle for the three cases.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> ToHalf(Vector256<float> values)
    {
        Vector256<uint> bits = values.AsUInt32();
        Vector256<uint> sign = (bits >>> 16) & Vector256.Create(0x8000u);
        Vector256<uint> magnitude = bits & Vector256.Create(0x7FFF_FFFFu);
        Vector256<int> ordered = magnitude.AsInt32();

        Vector256<uint> isNaN = Vector256.GreaterThan(ordered, Vector256.Create(0x7F80_0000)).AsUInt32();
        Vector256<uint> large = Vector256.Create(0x7C00u) | (isNaN & Vector256.Create(0x0200u));
        Vector256<uint> small = (magnitude.AsSingle() + Vector256.Create(0.5f)).AsUInt32()
            - Vector256.Create(0x3F00_0000u);
        Vector256<uint> normal = (magnitude + Vector256.Create(Float16.HalfUnitRebased)
            + ((magnitude >>> 13) & Vector256<uint>.One)) >>> 13;

        Vector256<uint> isSmall = Vector256.LessThan(ordered, Vector256.Create(0x3880_0000)).AsUInt32();
        Vector256<uint> isLarge = Vector256.GreaterThanOrEqual(ordered, Vector256.Create(0x4780_0000)).AsUInt32();
        Vector256<uint> rounded = Vector256.ConditionalSelect(isSmall, small, normal);
        return Vector256.ConditionalSelect(isLarge, large, rounded) | sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> First(Vector128<sbyte> codes) =>
        Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(codes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Second(Vector128<sbyte> codes) =>
        Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(Sse2.ShiftRightLogical128BitLane(codes, 8)));
}
