using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// Sixteen values at a time, for one width of vector. A kernel is written once over this interface, as the unpacking of
/// codes into sixteen bytes; its twins are the JIT's specializations, and differ only in how many registers the sixteen
/// floats take. Every lane is independent: one conversion, one product, at most one sum, rounded separately as in the
/// scalar reference, so the width cannot change a bit.
/// </summary>
internal unsafe interface ILanes
{
    /// <summary>destination[i] = codes[i] · scale.</summary>
    static abstract void Scale16(Vector128<sbyte> codes, float scale, float* destination);

    /// <summary>
    /// destination[i] = codes[i] · scale + offset. A subtrahend is passed as its negative, which rounds the same.
    /// </summary>
    static abstract void Affine16(Vector128<sbyte> codes, float scale, float offset, float* destination);

    /// <summary>
    /// <see cref="Affine16"/> of the low nibbles of sixteen bytes into <paramref name="low"/>, and of the high nibbles
    /// into <paramref name="high"/>.
    /// </summary>
    static abstract void Nibbles16(
        byte* packed, float lowScale, float lowOffset, float highScale, float highOffset, float* low, float* high);

    /// <summary>As <see cref="Float16.ToSingle(ushort)"/>.</summary>
    static abstract void FromHalf16(ushort* source, float* destination);

    /// <summary>As <see cref="BrainFloat16.ToSingle"/>.</summary>
    static abstract void FromBrain16(ushort* source, float* destination);

    /// <summary>As <see cref="Float16.BitsFromSingle"/>.</summary>
    static abstract void ToHalf16(float* source, ushort* destination);
}
