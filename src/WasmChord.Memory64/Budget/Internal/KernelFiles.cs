using System.Buffers.Text;

namespace WasmChord.Memory64;

/// <summary>
/// Reads small files in which a kernel tells numbers, again and again, into one buffer: a look allocates next to nothing.
/// Not thread-safe.
/// </summary>
/// <param name="root">The folder that paths start from.</param>
internal sealed class KernelFiles(string root)
{
    private byte[] _buffer = new byte[8 << 10];

    /// <summary>The folder that paths start from.</summary>
    public string Root => root;

    /// <summary>What a file holds now; empty where it cannot be read. Valid until the next call.</summary>
    /// <param name="path">Its whole path.</param>
    public ReadOnlySpan<byte> Read(string path)
    {
        // Most of what may be missing is missing always: an exception at every look would cost more than the look.
        if (!File.Exists(path)) return default;
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            int length = 0;
            while (RandomAccess.Read(file, _buffer.AsSpan(length), length) is > 0 and int read)
            {
                length += read;
                if (length == _buffer.Length) Array.Resize(ref _buffer, 2 * length);
            }

            return _buffer.AsSpan(0, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>The number that is all of a file; null where there is none.</summary>
    public long? Number(string path) => ParseNumber(Read(path));

    /// <summary>What follows a key and white space, up to the end of the line; empty where no line begins so.</summary>
    public static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        foreach (Range range in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range];
            if (line.StartsWith(key) && line.Length > key.Length && line[key.Length] is (byte)' ' or (byte)'\t') return line[key.Length..].Trim(" \t\r"u8);
        }

        return default;
    }

    /// <summary>A whole number in decimal digits, with white space around it or none; null for anything else.</summary>
    public static long? ParseNumber(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        return text.Length > 0 && text[0] is >= (byte)'0' and <= (byte)'9' && Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length ? value : null;
    }
}
