namespace WasmChord.Bench.Models.Tests;

public sealed class SyntheticVocabularyTests
{
    [Theory]
    [InlineData(384)]
    [InlineData(32000)]
    public void Vocabulary_OfASize_HasDistinctTokensInLlamasOrder(int size)
    {
        SyntheticVocabulary vocabulary = new(size);
        Assert.Equal(size, vocabulary.Tokens.Count);
        Assert.Equal(size, vocabulary.Tokens.Distinct().Count());
        Assert.Equal(["<unk>", "<s>", "</s>", "<0x00>"], vocabulary.Tokens.Take(4));
        Assert.Equal("<0xFF>", vocabulary.Tokens[258]);
        Assert.Equal([2, 3, 3, 6], vocabulary.Types[..4]);
        Assert.Equal([6, 1, 1], vocabulary.Types[258..261]);
        Assert.Equal(0, vocabulary.Scores[259]);
        Assert.Equal(259f - (size - 1), vocabulary.Scores[^1]);
    }

    [Fact]
    public void Vocabulary_EveryPiece_IsTwoBetterPiecesOrACharacter()
    {
        SyntheticVocabulary vocabulary = new(2000);
        HashSet<string> better = [.. vocabulary.Tokens.Skip(259).Where(t => t.Length == 1)];
        foreach (string piece in vocabulary.Tokens.Skip(259).Where(t => t.Length > 1))
        {
            Assert.Contains(Enumerable.Range(1, piece.Length - 1), cut => better.Contains(piece[..cut]) && better.Contains(piece[cut..]));
            better.Add(piece);
        }
    }

    [Fact]
    public void Vocabulary_BelowTheMinimum_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SyntheticVocabulary(SyntheticVocabulary.MinSize - 1));
}
