using System.Buffers.Text;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary>Lists of tokens as people and <c>tokenize</c> write them: whole numbers between commas or white space, in brackets or not.</summary>
internal static class TokenList
{
    /// <summary>Reads a list.</summary>
    /// <param name="text">The list, in ASCII.</param>
    /// <param name="name">What it is called, for messages.</param>
    /// <exception cref="ToolException">It is none.</exception>
    public static TokenId[] Parse(ReadOnlySpan<byte> text, string name)
    {
        ReadOnlySpan<byte> rest = text.Trim(" \t\r\n"u8);
        if (rest is [(byte)'[', .., (byte)']']) rest = rest[1..^1];
        List<TokenId> tokens = [];
        while (!(rest = rest.Trim(", \t\r\n"u8)).IsEmpty)
        {
            int length = rest.IndexOfAny(", \t\r\n"u8);
            ReadOnlySpan<byte> number = length < 0 ? rest : rest[..length];
            if (!Utf8Parser.TryParse(number, out int id, out int consumed) || consumed != number.Length)
                throw ToolException.Usage($"{name}: '{Shown(number)}' is no token: tokens are whole numbers, such as 1,2,3");
            tokens.Add(new TokenId(id));
            rest = rest[number.Length..];
        }

        return [.. tokens];
    }

    private static string Shown(ReadOnlySpan<byte> text)
    {
        const int most = 20;
        return System.Text.Encoding.UTF8.GetString(text.Length <= most ? text : text[..most]);
    }
}
