namespace WasmChord.Inference;

/// <summary>Tokens that stand for one byte, named <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
internal static class ByteTokens
{
    internal static byte[] NameOf(byte value) => System.Text.Encoding.ASCII.GetBytes($"<0x{value:X2}>");

    /// <summary>The byte that a token's name says.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> name, out byte value)
    {
        value = 0;
        return name.Length == 6 && name.StartsWith("<0x"u8) && name[5] == '>'
            && System.Buffers.Text.Utf8Parser.TryParse(name[3..5], out value, out int consumed, 'x') && consumed == 2;
    }
}
