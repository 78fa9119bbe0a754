using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Portable 128-bit vectors: sixteen values are four registers.</summary>
internal readonly unsafe struct Lanes128 : ILanes
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale16(Vector128<sbyte> codes, float scale, float* destination)
    {
        Vector128<float> scales = Vector128.Create(scale);
        (Vector128<short> first, Vector128<short> second) = Vector128.Widen(codes);
        (Lower(first) * scales).Store(destination);
        (Upper(first) * scales).Store(destination + 4);
        (Lower(second) * scales).Store(destination + 8);
        (Upper(second) * scales).Store(destination + 12);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Affine16(Vector128<sbyte> codes, float scale, float offset, float* destination)
    {
        Vector128<float> scales = Vector128.Create(scale), offsets = Vector128.Create(offset);
        (Vector128<short> first, Vector128<short> second) = Vector128.Widen(codes);
        (Lower(first) * scales + offsets).Store(destination);
        (Upper(first) * scales + offsets).Store(destination + 4);
        (Lower(second) * scales + offsets).Store(destination + 8);
        (Upper(second) * scales + offsets).Store(destination + 12);
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
        for (int i = 0; i < 16; i += 8)
        {
            (Vector128<int> first, Vector128<int> second) = Vector128.Widen(Vector128.Load((short*)source + i));
            FromHalf(first).Store(destination + i);
            FromHalf(second).Store(destination + i + 4);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FromBrain16(ushort* source, float* destination)
    {
        for (int i = 0; i < 16; i += 8)
        {
            (Vector128<uint> first, Vector128<uint> second) = Vector128.Widen(Vector128.Load(source + i));
            (first << 16).Store((uint*)destination + i);
            (second << 16).Store((uint*)destination + i + 4);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToHalf16(float* source, ushort* destination)
    {
        for (int i = 0; i < 16; i += 8)
                {
            Vector128<uint> first = ToHalf(Vector128.Load(source + i)), second = ToHalf(Vector128.Load(source + i + 4));
            Vector128.Narrow(first, second).Store(destination + i);
        }
    }

    // The lanes hold one half each, sign-extended; see Float16.ToSingleWithoutExponent, which serves all numbers here.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> FromHalf(Vector128<int> extended)
    {
        Vector128<int> magnitude = (extended << 13) & Vector128.Create(0x0FFF_E000);
        Vector128<int> lifted = magnitude + Vector128.Create((int)Float16.LiftedExponent);
        Vector128<float> withoutExponent = (lifted + Vector128.Create(1 << 23)).AsSingle()
            - Vector128.Create(Float16.LiftedOne);
        Vector128<float> isSubnormal = Vector128.LessThan(magnitude, Vector128.Create(1 << 23)).AsSingle();
        Vector128<float> result = Vector128.ConditionalSelect(isSubnormal, withoutExponent, lifted.AsSingle())
            * Vector128.Create(Float16.Lowered);
        return (result.AsInt32() | (extended & Vector128.Create(int.MinValue))).AsSingle();
    }

    // Leaves one half in the lower 16 bits of each lane; see Float16.BitsFromSingle for the three cases.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ToHalf(Vector128<float> values)
    {
        Vector128<uint> bits = values.AsUInt32();
        Vector128<uint> sign = (bits >>> 16) & Vector128.Create(0x8000u);
        Vector128<uint> magnitude = bits & Vector128.Create(0x7FFF_FFFFu);
        Vector128<int> ordered = magnitude.AsInt32();

        Vector128<uint> isNaN = Vector128.GreaterThan(ordered, Vector128.Create(0x7F80_0000)).AsUInt32();
        Vector128<uint> large = Vector128.Create(0x7C00u) | (isNaN & Vector128.Create(0x0200u));
        Vector128<uint> small = (magnitude.AsSingle() + Vector128.Create(0.5f)).AsUInt32()
            - Vector128.Create(0x3F00_0000u);
        Vector128<uint> normal = (magnitude + Vector128.Create(Float16.HalfUnitRebased)
            + ((magnitude >>> 13) & Vector128<uint>.One)) >>> 13;

        Vector128<uint> isSmall = Vector128.LessThan(ordered, Vector128.Create(0x3880_0000)).AsUInt32();
        Vector128<uint> isLarge = Vector128.GreaterThanOrEqual(ordered, Vector128.Create(0x4780_0000)).AsUInt32();
        Vector128<uint> rounded = Vector128.ConditionalSelect(isSmall, small, normal);
        return Vector128.ConditionalSelect(isLarge, large, rounded) | sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Lower(Vector128<short> codes) =>
        Vector128.ConvertToSingle(Vector128.WidenLower(codes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Upper(Vector128<short> codes) =>
        Vector128.ConvertToSingle(Vector128.WidenUpper(codes));
}
