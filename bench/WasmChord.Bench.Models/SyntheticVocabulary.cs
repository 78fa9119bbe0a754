namespace WasmChord.Bench.Models;

/// <summary>
/// A made-up vocabulary in the form of Llama 2's (SentencePiece with byte fallback): three special tokens, 256 bytes,
/// pieces that are each two better pieces put together, as merging needs them, and all single characters that occur in
/// them or in English text. It depends on nothing but its size.
/// </summary>
public sealed class SyntheticVocabulary
{
    private const int SpecialCount = 3, ByteCount = 256, MaxPieceLength = 12;

    private const int NormalType = 1, UnknownType = 2, ControlType = 3, ByteType = 6;

    // U+2581 stands for a space. It and the small letters are what pieces are made of.
    private const int MergedCount = 27;

    private const string Alphabet = "▁eatoinsrhldcumfpgwybvkxjqzEATOINSRHLDCUMFPGWYBVKXJQZ0123456789.,;:!?'\"-()[]{}<>/+*=&%$#@_~|\\^`";

    /// <summary>Creates the vocabulary of a size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is below <see cref="MinSize"/>.</exception>
    public SyntheticVocabulary(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, MinSize);
        Tokens = [.. Special(), .. MergedPieces(size - MinSize), .. Alphabet.Select(c => c.ToString())];
        Scores = new float[size];
        Types = new int[size];
        for (int id = 0; id < size; id++)
        {
            Types[id] = id == 0 ? UnknownType : id < SpecialCount ? ControlType : id < SpecialCount + ByteCount ? ByteType : NormalType;
            Scores[id] = Types[id] == NormalType ? -(id - SpecialCount - ByteCount) : 0f;
        }
    }

    /// <summary>The fewest tokens there can be: special tokens, bytes and single characters.</summary>
    public static int MinSize => SpecialCount + ByteCount + Alphabet.Length;

    /// <summary>Text of each token.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>Score of each token: the higher of two possible merges wins.</summary>
    public float[] Scores { get; }

    /// <summary>Type of each token, by llama.cpp's numbers: 1 normal, 2 unknown, 3 control, 6 byte.</summary>
    public int[] Types { get; }

    private static IEnumerable<string> Special() =>
        ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, ByteCount).Select(b => $"<0x{b:X2}>")];

    private static List<string> MergedPieces(int count)
    {
        SplitMix64 random = new(0x766F636162); // "vocab"
        List<string> pieces = [.. Alphabet.Take(MergedCount).Select(c => c.ToString())];
        HashSet<string> taken = [.. pieces];
        while (pieces.Count < count + MergedCount)
        {
            // Of two draws the earlier: common pieces take part in most merges, as in a trained vocabulary.
            string left = pieces[Skewed(ref random, pieces.Count)], right = pieces[Skewed(ref random, pieces.Count)];
            if (right[0] == '▁' || left.Length + right.Length > MaxPieceLength || !taken.Add(left + right)) continue;
            pieces.Add(left + right);
        }
        return pieces[MergedCount..];
    }

    private static int Skewed(ref SplitMix64 random, int count) =>
        (int)Math.Min(random.Next() % (ulong)count, random.Next() % (ulong)count);
}
