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
    public static void FromHalf16(ushort* source, float* destination)
    {
        FromHalf(Avx2.ConvertToVector256Int32(source).AsUInt32()).Store(destination);
        FromHalf(Avx2.ConvertToVector256Int32(source + 8).AsUInt32()).Store(destination + 8);
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

    // The lanes hold one half each in their lower 16 bits; see Float16.ToSingle for the arithmetic.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> FromHalf(Vector256<uint> bits)
    {
        Vector256<uint> magnitude = (bits & Vector256.Create(0x7FFFu)) << 13;
        Vector256<uint> sign = (bits << 16) & Vector256.Create(0x8000_0000u);
        Vector256<float> withExponent = (magnitude + Vector256.Create(Float16.LiftedExponent)).AsSingle();
        Vector256<float> without = (magnitude + Vector256.Create(Float16.LiftedExponent + (1u << 23))).AsSingle()
            - Vector256.Create(Float16.LiftedOne);
        Vector256<float> isSubnormal = Vector256.LessThan(magnitude.AsInt32(), Vector256.Create(1 << 23)).AsSingle();
        Vector256<float> lifted = Vector256.ConditionalSelect(isSubnormal, without, withExponent);
        return ((lifted * Float16.Lowered).AsUInt32() | sign).AsSingle();
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
