using System.Buffers;
using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// Makes valid text of the bytes of tokens as they come: what ends in the middle of a character waits for its rest. Bytes
/// that can begin no character become U+FFFD at once. One thread at a time.
/// </summary>
public sealed class Utf8TextStream
{
    private const int MaxPending = 3;

    private readonly byte[] _pending = new byte[MaxPending]; // the bytes of an unfinished character
    private int _pendingCount;
    private char[] _text = new char[32];

    /// <summary>Bytes that wait for the rest of their character: 0 to 3.</summary>
    public int PendingBytes => _pendingCount;

    /// <summary>Takes the bytes of a token.</summary>
    /// <returns>The text that they complete, often empty. It is valid until the next call.</returns>
    public ReadOnlySpan<char> Push(ReadOnlySpan<byte> bytes)
    {
        int most = checked(MaxPending + bytes.Length);
        if (_text.Length < most) _text = new char[Math.Max(most, 2 * _text.Length)];
        int written = 0;
        // A character has at most four bytes, so one or a few more decide about those that wait.
        Span<byte> joined = stackalloc byte[MaxPending + 1];
        while (_pendingCount > 0 && !bytes.IsEmpty)
        {
            _pending.AsSpan(0, _pendingCount).CopyTo(joined);
            joined[_pendingCount] = bytes[0];
            OperationStatus status = Rune.DecodeFromUtf8(joined[..(_pendingCount + 1)], out Rune rune, out int consumed);
            if (status == OperationStatus.NeedMoreData)
            {
                _pending[_pendingCount++] = bytes[0];
                bytes = bytes[1..];
                continue;
            }

            written += rune.EncodeToUtf16(_text.AsSpan(written));
            // Where the new byte does not fit those before, they alone were replaced and it begins anew.
            if (consumed > _pendingCount) bytes = bytes[1..];
            _pendingCount = 0;
        }

        while (!bytes.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed);
            if (status == OperationStatus.NeedMoreData)
            {
                bytes.CopyTo(_pending);
                _pendingCount = bytes.Length;
                break;
            }

            written += rune.EncodeToUtf16(_text.AsSpan(written));
            bytes = bytes[consumed..];
        }

        return _text.AsSpan(0, written);
    }

    /// <summary>Ends the text: U+FFFD for a character that never got its rest, else nothing. The stream can begin another.</summary>
    public ReadOnlySpan<char> Flush()
    {
        if (_pendingCount == 0) return default;
        _pendingCount = 0;
        _text[0] = (char)Rune.ReplacementChar.Value;
        return _text.AsSpan(0, 1);
    }

    /// <summary>Forgets what waits.</summary>
    public void Reset() => _pendingCount = 0;
}
