namespace WasmChord.Training.Stories.Tests;

public sealed class StoryGeneratorTests
{
    [Fact]
    public void Stories_OfOneSeed_AreTheSame()
    {
        StoryGenerator first = new(StoryGrammar.Default, 3), second = new(StoryGrammar.Default, 3);

        for (int i = 0; i < 200; i++) Assert.Equal(first.Next().Text, second.Next().Text);
    }

    [Fact]
    public void Stories_OfTheFirstSeed_AreThoseOfEveryMachine()
    {
        string text = new StoryGenerator(StoryGrammar.Default, 1).Next().Text;

        Assert.StartsWith("In a land far away lived a small hedgehog called Hazel.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Stories_OfTwoSeeds_Differ() =>
        Assert.NotEqual(new StoryGenerator(StoryGrammar.Default, 1).Next().Text, new StoryGenerator(StoryGrammar.Default, 2).Next().Text);

    [Fact]
    public void Stories_OfAThousand_AreAllDifferentAndOfEveryPlot()
    {
        StoryGenerator generator = new(StoryGrammar.Default, 5);

        Story[] stories = [.. Enumerable.Range(0, 1000).Select(_ => generator.Next())];

        Assert.Equal(1000, stories.Select(story => story.Text).Distinct().Count());
        Assert.Equal(StoryGrammar.Default.Plots.Count, stories.Select(story => story.Binding.Plot).Distinct().Count());
        Assert.Contains(stories, story => !StoryGrammar.Default.Company.Names.Contains(story.Binding['A']!));
    }

    [Fact]
    public void BeatEnds_AreEndsOfSentences()
    {
        StoryGenerator generator = new(StoryGrammar.Default, 6);
        for (int i = 0; i < 200; i++)
        {
            Story story = generator.Next();
            Assert.All(story.BeatEnds, end => Assert.Contains(story.Text[end - 1], ".!?\""));
            Assert.Equal(story.Text.Length, story.BeatEnds[^1]);
        }
    }
}
