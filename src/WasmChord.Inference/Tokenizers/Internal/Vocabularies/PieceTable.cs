using System.Buffers;
using System.Text;

namespace WasmChord.Inference;

/// <summary>The bytes that each token stands for, in one array.</summary>
internal sealed class PieceTable
{
    // Beyond this a token that is no text of the byte alphabet is kept as it is: naming its characters would square its length.
    private const int MaxNamedBytes = 1024;

    private readonly byte[] _bytes;
    private readonly int[] _offsets; // (count + 1)

    internal PieceTable(Vocabulary vocabulary, PieceEncoding encoding)
    {
        ArrayBufferWriter<byte> bytes = new(1024);
        _offsets = new int[vocabulary.Count + 1];
        for (int token = 0; token < vocabulary.Count; token++)
        {
            Write(vocabulary.Text(token), vocabulary.Attributes(token), encoding, bytes);
            _offsets[token + 1] = bytes.WrittenCount;
        }

        _bytes = bytes.WrittenSpan.ToArray();
    }

    internal long ApproximateBytes => _bytes.Length + 4L * _offsets.Length;

    internal ReadOnlySpan<byte> Of(int token) => _bytes.AsSpan(_offsets[token], _offsets[token + 1] - _offsets[token]);

    private static void Write(ReadOnlySpan<byte> text, TokenAttributes attributes, PieceEncoding encoding, ArrayBufferWriter<byte> bytes)
    {
        if ((attributes & (TokenAttributes.Unknown | TokenAttributes.Control | TokenAttributes.UserDefined)) != 0) bytes.Write(text);
        else if ((attributes & TokenAttributes.Normal) != 0)
        {
            if (encoding == PieceEncoding.ByteAlphabet) WriteDecoded(text, bytes);
            else bytes.Advance(SpaceMark.Unescape(text, bytes.GetSpan(text.Length)));
        }
        else if ((attributes & TokenAttributes.Byte) != 0)
        {
            bytes.Write(ByteTokens.TryParse(text, out byte value) ? [value] : text);
        }
    }

    /// <summary>Decodes the byte alphabet. A character outside of it is named, with its token, as the reference does.</summary>
    private static void WriteDecoded(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> bytes)
    {
        Span<byte> character = stackalloc byte[4];
        for (int at = 0; at < text.Length;)
        {
            at += CodePointReader.Decode(text[at..], out int codePoint);
            if (ByteAlphabet.TryDecode(codePoint, out byte value))
            {
                bytes.Write([value]);
                continue;
            }

            ReadOnlySpan<byte> utf8 = character[..CodePointReader.Encode(codePoint, character)];
            if (text.Length > MaxNamedBytes)
            {
                bytes.Write(utf8);
                continue;
            }

            bytes.Write(Encoding.ASCII.GetBytes($"[UNK_BYTE_0x{Convert.ToHexStringLower(utf8)}"));
            bytes.Write(text);
            bytes.Write("]"u8);
        }
    }
}
