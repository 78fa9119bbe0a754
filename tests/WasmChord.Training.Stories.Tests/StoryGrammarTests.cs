using WasmChord.Training.Stories.Internal;

namespace WasmChord.Training.Stories.Tests;

public sealed class StoryGrammarTests
{
    [Fact]
    public void Grammar_HasWordingsForEveryBeat()
    {
        Assert.True(StoryGrammar.Default.Plots.Count >= 8);
        foreach (Beat beat in StoryGrammar.Default.Plots.SelectMany(plot => plot.Steps).Select(step => step.Beat))
            Assert.True(beat.WordingCount >= (beat.Name == "theend" ? 1 : 4), beat.Name);
    }

    [Fact]
    public void Names_AreNoWordsOfTheGrammar()
    {
        Assert.DoesNotContain(StoryGrammar.Default.Company.Names, StoryGrammar.Default.IsWord);
        Assert.True(StoryGrammar.Default.IsWord("She"));
        Assert.True(StoryGrammar.Default.IsWord("Once"));
    }

    [Fact]
    public void InventedNames_AreManyAndNoneThatIsTaken()
    {
        StoryRandom random = new(8);
        string[] names = [.. Enumerable.Range(0, 20_000).Select(_ => NameInvention.Next(random, StoryGrammar.Default))];

        Assert.Empty(names.Intersect(StoryGrammar.Default.Company.Names));
        Assert.True(names.Distinct().Count() > 5000);
        Assert.DoesNotContain(names, StoryGrammar.Default.IsWord);
    }

    [Theory]
    [InlineData("beat x|  a [b|c")]
    [InlineData("beat x|  a {b")]
    [InlineData("beat x|  a ] b")]
    [InlineData("verse x|  a")]
    public void Read_OfBrokenText_SaysWhere(string text) =>
        Assert.Throws<FormatException>(() => GrammarReader.Read(text.Split('|', 2) is [var head, var body] ? [head, body] : []));
}
