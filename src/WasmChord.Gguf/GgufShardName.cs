using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WasmChord.Gguf;

/// <summary>The name of a shard, <c>PREFIX-00001-of-00003.gguf</c>, as llama.cpp's <c>gguf-split</c> makes it.</summary>
/// <param name="Prefix">Path up to the first hyphen of the number.</param>
/// <param name="Number">Place among the shards, from 0 (the name counts from 1).</param>
/// <param name="Count">Number of shards.</param>
public sealed record GgufShardName(string Prefix, int Number, int Count)
{
    /// <summary>Most shards: <c>split.count</c> is a 16-bit number.</summary>
    public const int MaxCount = ushort.MaxValue;

    // "-00001-of-00003.gguf"
    private const int SuffixLength = 20;

    /// <summary>Path of the shard at place <paramref name="number"/>, from 0.</summary>
    public string PathOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}-{number + 1:D5}-of-{Count:D5}.gguf");

    /// <summary>Takes a path apart; false where it has another form or its number is not one of its count.</summary>
    public static bool TryParse(string? path, [NotNullWhen(true)] out GgufShardName? name)
    {
        name = null;
        if (path is null || path.Length <= SuffixLength) return false;
        ReadOnlySpan<char> suffix = path.AsSpan(path.Length - SuffixLength);
        if (suffix[0] != '-' || suffix[6..10] is not "-of-" || suffix[15..] is not ".gguf") return false;
        if (!int.TryParse(suffix[1..6], NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return false;
        if (!int.TryParse(suffix[10..15], NumberStyles.None, CultureInfo.InvariantCulture, out int count)) return false;
        if (number < 1 || number > count || count > MaxCount) return false;
        name = new GgufShardName(path[..^SuffixLength], number - 1, count);
        return true;
    }
}
