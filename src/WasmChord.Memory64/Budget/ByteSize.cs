using System.Globalization;

namespace WasmChord.Memory64;

/// <summary>
/// Byte counts as people write them: <c>512MiB</c>, <c>1.5 GiB</c>, <c>2GB</c>, <c>4096</c>. <c>KiB MiB GiB TiB</c> are
/// powers of 1,024 and <c>kB MB GB TB</c> powers of 1,000 (IEC 80000-13); case does not matter.
/// </summary>
public static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] s_units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1),
    ];

    /// <summary>Reads a byte count.</summary>
    /// <exception cref="FormatException">Says what would have been understood.</exception>
    public static long Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out long bytes)
            ? bytes
            : throw new FormatException($"'{text}' is not a size in bytes: write a number, alone or with one of KiB, MiB, GiB, TiB (1,024) or kB, MB, GB, TB (1,000), such as 512MiB");
    }

    /// <summary>Reads a byte count; a fraction of a byte is rounded down.</summary>
    /// <returns>False for anything but a non-negative number with a known unit or none, below 8 EiB.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        long unitBytes = 1;
        foreach ((string unit, long size) in s_units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            unitBytes = size;
            text = text[..^unit.Length].TrimEnd();
            break;
        }
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)) return false;
        if (number > long.MaxValue / (decimal)unitBytes) return false;
        bytes = (long)(number * unitBytes);
        return true;
    }

    /// <summary>Writes a byte count with the largest binary unit that leaves at least 1, to two decimals: <c>1.5 GiB</c>.</summary>
    public static string Format(long bytes)
    {
        if (bytes < 0) return bytes == long.MinValue ? "-8388608 TiB" : $"-{Format(-bytes)}";
        foreach ((string unit, long size) in s_units.AsSpan(0, 4))
        {
            if (bytes >= size) return string.Create(CultureInfo.InvariantCulture, $"{(decimal)bytes / size:0.##} {unit}");
        }
        return string.Create(CultureInfo.InvariantCulture, $"{bytes} B");
    }
}
