using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>AVX-512: sixteen values are one register.</summary>
internal readonly unsafe struct Lanes512 : ILanes
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale16(Vector128<sbyte> codes, float scale, float* destination)
    {
        Vector512<float> values = Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(codes));
        (values * Vector512.Create(scale)).Store(destination);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Affine16(Vector128<sbyte> codes, float scale, float offset, float* destination)
    {
        Vector512<float> values = Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(codes));
        (values * Vector512.Create(scale) + Vector512.Create(offset)).Store(destination);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FromHalf16(ushort* source, float* destination)
    {
        FromHalf(Avx512F.ConvertToVector512UInt32(Vector256.Load(source))).Store(destination);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FromBrain16(ushort* source, float* destination)
    {
        (Avx512F.ConvertToVector512UInt32(Vector256.Load(source)) << 16).Store((uint*)destination);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToHalf16(float* source, ushort* destination)
    {
        Avx512F.ConvertToVector256UInt16(ToHalf(Vector512.Load(source))).Store(destination);
    }

    // The lanes hold one half each in their lower 16 bits; see Float16.ToSingle for the arithmetic.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FromHalf(Vector512<uint> bits)
    {
        Vector512<uint> magnitude = (bits & Vector512.Create(0x7FFFu)) << 13;
        Vector512<uint> sign = (bits << 16) & Vector512.Create(0x8000_0000u);
        Vector512<float> withExponent = (magnitude + Vector512.Create(Float16.LiftedExponent)).AsSingle();
        Vector512<float> without = (magnitude + Vector512.Create(Float16.LiftedExponent + (1u << 23))).AsSingle()
            - Vector512.Create(Float16.LiftedOne);
        Vector512<float> isSubnormal = Vector512.LessThan(magnitude.AsInt32(), Vector512.Create(1 << 23)).AsSingle();
        Vector512<float> lifted = Vector512.ConditionalSelect(isSubnormal, without, withExponent);
        return ((lifted * Float16.Lowered).AsUInt32() | sign).AsSingle();
    }

    // Leaves one half in the lower 16 bits of each lane; see Float16.BitsFromSingle for the three cases.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> ToHalf(Vector512<float> values)
    {
        Vector512<uint> bits = values.AsUInt32();
        Vector512<uint> sign = (bits >>> 16) & Vector512.Create(0x8000u);
        Vector512<uint> magnitude = bits & Vector512.Create(0x7FFF_FFFFu);
        Vector512<int> ordered = magnitude.AsInt32();

        Vector512<uint> isNaN = Vector512.GreaterThan(ordered, Vector512.Create(0x7F80_0000)).AsUInt32();
        Vector512<uint> large = Vector512.Create(0x7C00u) | (isNaN & Vector512.Create(0x0200u));
        Vector512<uint> small = (magnitude.AsSingle() + Vector512.Create(0.5f)).AsUInt32()
            - Vector512.Create(0x3F00_0000u);
        Vector512<uint> normal = (magnitude + Vector512.Create(Float16.HalfUnitRebased)
            + ((magnitude >>> 13) & Vector512<uint>.One)) >>> 13;

        Vector512<uint> isSmall = Vector512.LessThan(ordered, Vector512.Create(0x3880_0000)).AsUInt32();
        Vector512<uint> isLarge = Vector512.GreaterThanOrEqual(ordered, Vector512.Create(0x4780_0000)).AsUInt32();
        Vector512<uint> rounded = Vector512.ConditionalSelect(isSmall, small, normal);
        return Vector512.ConditionalSelect(isLarge, large, rounded) | sign;
    }
}
