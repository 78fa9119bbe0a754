using System.Globalization;

namespace WasmChord.Memory64;

/// <summary>A number that goes into a guest or comes out of it: never a vector or a reference.</summary>
public readonly record struct GuestValue
{
    private GuestValue(GuestValueType kind, long bits) => (Kind, Bits) = (kind, bits);

    /// <summary>Its type.</summary>
    public GuestValueType Kind { get; }

    /// <summary>Its bits; a 32-bit integer is sign-extended.</summary>
    public long Bits { get; }

    /// <summary>A 32-bit integer.</summary>
    public static implicit operator GuestValue(int value) => new(GuestValueType.I32, value);

    /// <summary>A 64-bit integer.</summary>
    public static implicit operator GuestValue(long value) => new(GuestValueType.I64, value);

    /// <summary>A number in single precision.</summary>
    public static implicit operator GuestValue(float value) => new(GuestValueType.F32, BitConverter.SingleToInt32Bits(value));

    /// <summary>A number in double precision.</summary>
    public static implicit operator GuestValue(double value) => new(GuestValueType.F64, BitConverter.DoubleToInt64Bits(value));

    /// <summary>The value of an integer of either size.</summary>
    /// <exception cref="InvalidOperationException">It is no integer.</exception>
    public long AsInt64() => Kind is GuestValueType.I32 or GuestValueType.I64 ? Bits : throw new InvalidOperationException($"{this} is {Kind}");

    /// <summary>The value of a floating-point number of either size.</summary>
    /// <exception cref="InvalidOperationException">It is an integer.</exception>
    public double AsDouble() => Kind switch
    {
        GuestValueType.F32 => BitConverter.Int32BitsToSingle((int)Bits),
        GuestValueType.F64 => BitConverter.Int64BitsToDouble(Bits),
        _ => throw new InvalidOperationException($"{this} is {Kind}"),
    };

    /// <summary>Reads a number as a function's parameter of type <paramref name="kind"/> wants it; integers may be unsigned.</summary>
    public static bool TryParse(string text, GuestValueType kind, out GuestValue value)
    {
        const NumberStyles Float = NumberStyles.Float;
        CultureInfo culture = CultureInfo.InvariantCulture;
        value = default;
        switch (kind)
        {
            case GuestValueType.I32:
                if (!long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out long i32) || i32 is < int.MinValue or > uint.MaxValue) return false;
                value = unchecked((int)i32);
                return true;
            case GuestValueType.I64:
                if (long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out long i64)) value = i64;
                else if (ulong.TryParse(text, NumberStyles.None, culture, out ulong u64)) value = unchecked((long)u64);
                else return false;
                return true;
            case GuestValueType.F32:
                if (!float.TryParse(text, Float, culture, out float f32)) return false;
                value = f32;
                return true;
            case GuestValueType.F64:
                if (!double.TryParse(text, Float, culture, out double f64)) return false;
                value = f64;
                return true;
            default:
                return false;
        }
    }

    /// <summary>The number, as <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => Kind switch
    {
        GuestValueType.F32 => ((float)AsDouble()).ToString("R", CultureInfo.InvariantCulture),
        GuestValueType.F64 => AsDouble().ToString("R", CultureInfo.InvariantCulture),
        _ => Bits.ToString(CultureInfo.InvariantCulture),
    };
}
