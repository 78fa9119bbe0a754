using System.Text;

namespace WasmChord.Memory64;

/// <summary>What a guest has logged during one call, as far as its limit goes.</summary>
internal sealed class GuestLog(int limit)
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>Appends as much of a text as there is room for; returns the bytes taken.</summary>
    public int Append(ReadOnlySpan<byte> text)
    {
        int taken = Math.Min(text.Length, limit - _length);
        if (taken <= 0) return 0;
        if (_length + taken > _bytes.Length) Array.Resize(ref _bytes, Math.Min(limit, Math.Max(_length + taken, 2 * _bytes.Length)));
        text[..taken].CopyTo(_bytes.AsSpan(_length));
        _length += taken;
        return taken;
    }

    /// <summary>The text so far, and an empty log.</summary>
    public string Take()
    {
        string text = Encoding.UTF8.GetString(_bytes, 0, _length);
        _length = 0;
        return text;
    }
}
