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

        Assert.StartsWith("Theo was a young hedgehog who lived beside ", text, StringComparison.Ordinal);
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
    public void Stories_WithSecondNames_FirstPersonsHaveThemAndNobodyHasTheOthers()
    {
        string[] names = [.. StoryGrammar.Default.Company.Names];
        StoryGenerator generator = new(StoryGrammar.Default, 5, inventedNames: 0, secondNames: 0.5);

        Story[] stories = [.. Enumerable.Range(0, 1000).Select(_ => generator.Next())];

        Assert.InRange(stories.Count(story => Array.IndexOf(names, story.Binding['A']) % 2 == 1), 400, 600);
        Assert.All(stories, story => Assert.Equal(1, Array.IndexOf(names, story.Binding['B']) % 2));
        Assert.All(stories, story => Assert.NotEqual(story.Binding['A'], story.Binding['B']));
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

    [Fact]
    public void Repeats_OfNames_AreAllMentionsButTheFirst()
    {
        StoryGenerator generator = new(StoryGrammar.Default, 6);
        for (int i = 0; i < 300; i++)
        {
            Story story = generator.Next();
            foreach (char person in "AB")
            {
                string name = story.Binding[person]!;
                int[] mentions = [.. Enumerable.Range(0, story.Text.Length - name.Length + 1).Where(at => IsWordAt(story.Text, name, at))];
                Assert.Equal(
                    mentions.Skip(1),
                    story.Repeats.Where(range => story.Text[range] == name).Select(range => range.Start.Value));
            }
        }
    }

    [Fact]
    public void Introductions_OfAStory_AreTheFirstMentionsOfItsPersons()
    {
        StoryGenerator generator = new(StoryGrammar.Default, 6);
        for (int i = 0; i < 300; i++)
        {
            Story story = generator.Next();
            IEnumerable<int> first = "AB".Select(person => story.Binding[person]!)
                .Select(name => Enumerable.Range(0, story.Text.Length - name.Length + 1).FirstOrDefault(at => IsWordAt(story.Text, name, at), -1))
                .Where(at => at >= 0).Order();
            Assert.Equal(first, story.Introductions.Select(range => range.Start.Value));
        }
    }

    [Fact]
    public void Names_OfManyStories_AreSomeCommonAndAllPossible()
    {
        StoryGenerator generator = new(StoryGrammar.Default, 4);
        Dictionary<string, int> counts = [];
        int invented = 0;
        for (int i = 0; i < 4000; i++)
        {
            StoryBinding binding = generator.Next().Binding;
            if (!StoryGrammar.Default.Company.Names.Contains(binding['A']!)) invented++;
            Assert.Equal(1, StoryGrammar.Default.Company.Names.ToList().IndexOf(binding['B']!) % 2);
            Assert.NotEqual(1, StoryGrammar.Default.Company.Names.ToList().IndexOf(binding['A']!) % 2);
            counts[binding['B']!] = counts.GetValueOrDefault(binding['B']!) + 1;
        }

        Assert.InRange(invented / 4000.0, 0.06, 0.10);
        Assert.Equal(StoryGrammar.Default.Company.Names.Where((_, i) => i % 2 == 1).Order(), counts.Keys.Order());
        Assert.InRange(counts["Mia"], 5 * counts["Polly"] / 2, 10 * counts["Polly"]);
    }

    [Fact]
    public void Repeats_OfAStory_AreInOrderAndWhatTheCheckerHoldsItTo()
    {
        StoryGenerator generator = new(StoryGrammar.Default, 8);
        StoryChecker checker = new(StoryGrammar.Default);
        for (int i = 0; i < 60; i++)
        {
            Story story = generator.Next();
            int last = 0;
            foreach (Range range in story.Repeats)
            {
                Assert.True(range.Start.Value >= last);
                last = range.End.Value;
                string changed = story.Text[..range.Start.Value] + "elephant" + story.Text[range.End.Value..];
                Assert.False(checker.Check(changed).IsAccepted, changed);
            }
            Assert.NotEmpty(story.Repeats);
            Assert.True(last <= story.Text.Length);
        }
    }

    private static bool IsWordAt(string text, string word, int at) =>
        string.CompareOrdinal(text, at, word, 0, word.Length) == 0
        && (at == 0 || !char.IsAsciiLetter(text[at - 1]))
        && (at + word.Length == text.Length || !char.IsAsciiLetter(text[at + word.Length]));
}
