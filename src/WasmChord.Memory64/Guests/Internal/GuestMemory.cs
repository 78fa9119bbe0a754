using System.Text;
using Wasmtime;

namespace WasmChord.Memory64;

/// <summary>
/// The memory that a guest exports as <c>memory</c>, as host functions see it: every pointer and length is checked
/// against what it is at that moment.
/// </summary>
internal sealed unsafe class GuestMemory
{
    private Memory? _memory;
    private bool _isReadOnly;

    /// <summary>The guest is instantiated.</summary>
    /// <param name="memory">What it exports; null for nothing.</param>
    /// <param name="isReadOnly">Whether that is the weights.</param>
    public void Attach(Memory? memory, bool isReadOnly)
    {
        _memory = memory;
        _isReadOnly = isReadOnly;
    }

    /// <summary>Checks a range that is to be read.</summary>
    /// <param name="pointer">Where it begins; unsigned.</param>
    /// <param name="length">Its bytes; unsigned where it comes from a guest.</param>
    /// <param name="address">Its first byte; valid until the guest runs again.</param>
    public GuestCode Readable(int pointer, long length, out byte* address)
    {
        address = null;
        if (_memory is null) return GuestCode.NoMemory;
        long start = (uint)pointer;
        if (start + length > 1L << 32) return GuestCode.PointerOverflow;
        if (start + length > _memory.GetLength()) return GuestCode.PointerOutOfBounds;
        address = (byte*)_memory.GetPointer() + start;
        return GuestCode.Ok;
    }

    /// <summary>Checks a range that is to be written.</summary>
    /// <inheritdoc cref="Readable"/>
    public GuestCode Writable(int pointer, long length, out byte* address)
    {
        GuestCode code = Readable(pointer, length, out address);
        return code == GuestCode.Ok && _isReadOnly ? GuestCode.WriteFailed : code;
    }

    /// <summary>Checks an array of f32 that is to be read.</summary>
    /// <param name="pointer">Where it begins.</param>
    /// <param name="count">Its values; not negative.</param>
    /// <param name="values">The values, in place.</param>
    public GuestCode ReadableFloats(int pointer, int count, out ReadOnlySpan<float> values)
    {
        GuestCode code = Floats(pointer, count, write: false, out Span<float> span);
        values = span;
        return code;
    }

    /// <summary>Checks an array of f32 that is to be written.</summary>
    /// <inheritdoc cref="ReadableFloats"/>
    public GuestCode WritableFloats(int pointer, int count, out Span<float> values) => Floats(pointer, count, write: true, out values);

    /// <summary>Reads a text.</summary>
    public GuestCode Text(int pointer, int byteLength, out string text)
    {
        const int LongestName = 4096;
        text = "";
        GuestCode code = Readable(pointer, (uint)byteLength, out byte* address);
        if (code != GuestCode.Ok) return code;
        if ((uint)byteLength > LongestName) return GuestCode.BadArgument;
        text = Encoding.UTF8.GetString(address, byteLength);
        return GuestCode.Ok;
    }

    private GuestCode Floats(int pointer, int count, bool write, out Span<float> values)
    {
        values = default;
        if (count < 0 || (pointer & 3) != 0) return GuestCode.BadArgument;
        long bytes = (long)count * sizeof(float);
        GuestCode code = write ? Writable(pointer, bytes, out byte* address) : Readable(pointer, bytes, out address);
        if (code == GuestCode.Ok) values = new Span<float>(address, count);
        return code;
    }
}
