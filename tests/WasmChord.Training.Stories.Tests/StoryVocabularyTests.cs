namespace WasmChord.Training.Stories.Tests;

public sealed class StoryVocabularyTests
{
    private static readonly Lazy<StoryVocabulary> s_vocabulary = new(() =>
    {
        StoryGenerator generator = new(StoryGrammar.Default, 21);
        return VocabularyTrainer.Train(Enumerable.Range(0, 500).Select(_ => generator.Next().Text), 600);
    });

    [Fact]
    public void Train_Twice_GivesTheSamePieces()
    {
        StoryGenerator generator = new(StoryGrammar.Default, 21);

        StoryVocabulary again = VocabularyTrainer.Train(Enumerable.Range(0, 500).Select(_ => generator.Next().Text), 600);

        Assert.Equal(s_vocabulary.Value.Pieces, again.Pieces);
        Assert.Equal(600, again.Count);
    }

    [Fact]
    public void Pieces_AreDistinctAndHaveBytesAndCharacters()
    {
        StoryVocabulary vocabulary = s_vocabulary.Value;

        Assert.Equal(vocabulary.Count, vocabulary.Pieces.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("<0x41>", vocabulary.Pieces[StoryVocabulary.FirstByte + 0x41]);
        Assert.Equal(PieceType.Byte, vocabulary.Types[StoryVocabulary.FirstByte + 255]);
        Assert.Equal(PieceType.Normal, vocabulary.Types[StoryVocabulary.FirstPiece]);
        Assert.Contains("▁the", vocabulary.Pieces);
        Assert.Contains("~", vocabulary.Pieces);
    }

    [Fact]
    public void Encode_OfStories_ComesBackAndIsShorterThanCharacters()
    {
        StoryGenerator generator = new(StoryGrammar.Default, 22);
        for (int i = 0; i < 100; i++)
        {
            string text = generator.Next().Text;
            IReadOnlyList<int> ids = s_vocabulary.Value.Encode(text);
            Assert.Equal(text, s_vocabulary.Value.Decode(ids));
            Assert.True(ids.Count < text.Length / 2);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("  two  spaces  ")]
    [InlineData("naïve 日本 🦊 \n\t")]
    [InlineData("▁▁")]
    public void Encode_OfAnyText_ComesBack(string text)
    {
        // The mark itself is read as a space, as in SentencePiece.
        Assert.Equal(text.Replace('▁', ' '), s_vocabulary.Value.Decode(s_vocabulary.Value.Encode(text)));
    }

    [Fact]
    public void Encode_OfWhatNoPieceHas_UsesBytes() =>
        Assert.Equal([0xE2, 0x82, 0xAC], s_vocabulary.Value.Encode("a€").Skip(1).Select(id => id - StoryVocabulary.FirstByte));

    [Fact]
    public void Encode_WithTwoWaysToMerge_TakesTheHigherScoreThenTheLeft()
    {
        StoryVocabulary vocabulary = new(["bc", "ab", "aa", "▁", "a", "b", "c"]);

        Assert.Equal(["▁", "a", "bc"], vocabulary.Encode("abc").Select(id => vocabulary.Pieces[id]));
        Assert.Equal(["▁", "aa", "a"], vocabulary.Encode("aaa").Select(id => vocabulary.Pieces[id]));
    }

    [Fact]
    public void Train_WithNoRoom_SaysSo() => Assert.Throws<ArgumentException>(() => VocabularyTrainer.Train(["a b"], 300));

    [Fact]
    public void Train_WithTooLittleText_SaysSo() => Assert.Throws<ArgumentException>(() => VocabularyTrainer.Train(["a b"], 600));
}
