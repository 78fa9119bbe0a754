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
    public static void Nibbles16(
        byte* packed, float lowScale, float lowOffset, float highScale, float highOffset, float* low, float* high)
    {
        // All that a nibble can mean is one register; the permutation looks only at the low nibble of an index.
        Vector512<float> codes = Vector512.CreateSequence(0f, 1f);
        Vector512<float> lowValues = codes * Vector512.Create(lowScale) + Vector512.Create(lowOffset);
        Vector512<float> highValues = codes * Vector512.Create(highScale) + Vector512.Create(highOffset);
        Vector512<int> indices = Avx512F.ConvertToVector512Int32(Vector128.Load(packed));
        Avx512F.PermuteVar16x32(lowValues, indices).Store(low);
        Avx512F.PermuteVar16x32(highValues, indices >>> 4).Store(high);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FromHalf16(ushort* source, float* destination)
    {
        FromHalf(Avx512F.ConvertToVector512Int32(Vector256.Load((short*)source))).Store(destination);
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

    // The lanes hold one half each, sign-extended; see Float16.ToSingleWithoutExponent, which serves all numbers here.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FromHalf(Vector512<int> extended)
    {
        Vector512<int> magnitude = (extended << 13) & Vector512.Create(0x0FFF_E000);
        Vector512<int> lifted = magnitude + Vector512.Create((int)Float16.LiftedExponent);
        Vector512<float> withoutExponent = (lifted + Vector512.Create(1 << 23)).AsSingle()
            - Vector512.Create(Float16.LiftedOne);
        Vector512<float> isSubnormal = Vector512.LessThan(magnitude, Vector512.Create(1 << 23)).AsSingle();
        Vector512<float> result = Vector512.ConditionalSelect(isSubnormal, withoutExponent, lifted.AsSingle())
            * Vector512.Create(Float16.Lowered);
        return (result.AsInt32() | (extended & Vector512.Create(int.MinValue))).AsSingle();
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
