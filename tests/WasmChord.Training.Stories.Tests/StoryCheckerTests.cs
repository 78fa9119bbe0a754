namespace WasmChord.Training.Stories.Tests;

public sealed class StoryCheckerTests
{
    private const string Lost =
        "Once upon a time, there was a little girl named Lily. Lily had a red ball. She loved it very much. "
        + "One day, Lily took the ball to the park. When Lily looked down, the ball was gone. She felt very sad without it. "
        + "A fox named Tom came by. \"What is wrong?\" asked Tom. \"I cannot find my ball,\" said Lily. \"Will you help me?\" "
        + "Then Tom looked under a bush. There was the red ball! Lily hugged the red ball and thanked Tom. "
        + "From then on, Lily and Tom were best friends. The end.";

    private static readonly StoryChecker s_checker = new(StoryGrammar.Default);

    [Fact]
    public void Check_OfAStory_Accepts()
    {
        StoryVerdict verdict = s_checker.Check(Lost);

        Assert.True(verdict.IsAccepted, verdict.Message);
        Assert.Equal("lost", verdict.Plot!.Name);
    }

    [Theory]
    [InlineData("hugged the red ball and thanked Tom", "hugged the red ball and thanked Ben", StoryRule.Name)]
    [InlineData("When Lily looked", "When Mia looked", StoryRule.Name)]
    [InlineData("She felt very sad", "He felt very sad", StoryRule.Pronoun)]
    [InlineData("a little girl", "a little boy", StoryRule.Pronoun)]
    [InlineData("I cannot find my ball", "I cannot find my kite", StoryRule.Object)]
    [InlineData("There was the red ball!", "There was the blue ball!", StoryRule.Object)]
    [InlineData("A fox named Tom came by. \"What is wrong?\" asked Tom.", "Tom the fox heard Lily and came over. \"Can I help you?\" asked Ben.", StoryRule.Name)]
    [InlineData("When Lily looked down, the ball was gone. ", "", StoryRule.Order)]
    [InlineData("Then Tom looked under a bush. There was the red ball! ", "", StoryRule.Order)]
    [InlineData("She felt very sad without it.", "{A} was angry.", StoryRule.Sentence)]
    [InlineData("When Lily looked down, the ball was gone.", "When Lily looked down, the ball was hungry.", StoryRule.Sentence)]
    [InlineData(" From then on, Lily and Tom were best friends. The end.", "", StoryRule.Closing)]
    [InlineData("were best friends. The end.", "were best", StoryRule.Closing)]
    [InlineData("The end.", "The end. The end.", StoryRule.Order)]
    public void Check_WithOnePlaceChanged_NamesTheRule(string from, string to, StoryRule rule)
    {
        Assert.Contains(from, Lost, StringComparison.Ordinal);

        StoryVerdict verdict = s_checker.Check(Lost.Replace(from, to, StringComparison.Ordinal));

        Assert.Equal(rule, verdict.Broken);
        Assert.Null(verdict.Plot);
    }

    [Theory]
    [InlineData("said the rabbit", "said the mouse", StoryRule.Kind)]
    [InlineData("told her mom", "told her dad", StoryRule.Setting)]
    [InlineData("to the park with her", "to the lake with her", StoryRule.None)]
    public void Check_OfAnotherStory_NamesTheRule(string from, string to, StoryRule rule)
    {
        const string Lonely =
            "Zimbo was a shy girl. Zimbo was new in town and did not know anyone. Her mom gave her a green kite to cheer her up. "
            + "One day, Zimbo went to the park with her green kite. A rabbit was sitting all alone under a bench. "
            + "The rabbit came closer. \"I am Pip,\" he said. \"I am Zimbo,\" said Zimbo. \"I like your kite,\" said Pip. Zimbo let him have a turn. "
            + "They took turns with the kite and had fun. Zimbo ran home and told her mom, \"I have a friend! His name is Pip.\"";
        string told = Lonely.Replace("The rabbit came closer. \"I am Pip,\" he said. \"I am Zimbo,\" said Zimbo.",
            "\"Hello! My name is Zimbo,\" said Zimbo. \"My name is Pip,\" said the rabbit.", StringComparison.Ordinal);
        Assert.True(s_checker.Check(Lonely).IsAccepted, s_checker.Check(Lonely).Message);
        Assert.True(s_checker.Check(told).IsAccepted, s_checker.Check(told).Message);
        Assert.Contains(from, told, StringComparison.Ordinal);

        Assert.Equal(rule, s_checker.Check(told.Replace(from, to, StringComparison.Ordinal)).Broken);
    }

    [Fact]
    public void Check_OfEveryGeneratedStory_AcceptsItsPlot()
    {
        StoryGenerator generator = new(StoryGrammar.Default, 11);
        for (int i = 0; i < 2000; i++)
        {
            Story story = generator.Next();
            StoryVerdict verdict = s_checker.Check(story.Text);
            Assert.True(verdict.IsAccepted, verdict.Message);
            Assert.Equal(story.Binding.Plot, verdict.Plot);
        }
    }

    [Fact]
    public void Check_WithALaterNameChanged_AlwaysRefusesTheName() =>
        ForEach(12, 300, story => ReplaceLast(story.Text, story.Binding['A']!, "Gregory"), verdict => Assert.Equal(StoryRule.Name, verdict.Broken));

    [Fact]
    public void Check_WithTheObjectChangedLater_NeverAccepts() => ForEach(
        13, 300,
        story => ReplaceLast(story.Text, story.Binding['O']!, "elephant"),
        verdict => Assert.False(verdict.IsAccepted));

    [Fact]
    public void Check_WithTheNamesExchangedInTheSecondHalf_NeverAccepts() => ForEach(
        14, 500,
        story =>
        {
            int half = story.BeatEnds[story.BeatEnds.Count / 2];
            string rest = story.Text[half..].Replace(story.Binding['A']!, "\0", StringComparison.Ordinal)
                .Replace(story.Binding['B']!, story.Binding['A']!, StringComparison.Ordinal).Replace("\0", story.Binding['B']!, StringComparison.Ordinal);
            // Some endings hold either way round: "A and B were friends".
            return rest.Contains(" and ", StringComparison.Ordinal) ? null : story.Text[..half] + rest;
        },
        verdict => Assert.False(verdict.IsAccepted));

    [Fact]
    public void Check_WithTheHeroinesPronounsTurned_NeverAcceptsPeople() => ForEach(
        15, 800,
        story =>
        {
            // Only where the text says of both that they are girls or princesses, or they have names that only those have.
            if (story.Binding.GenderOf('A') != Gender.She || story.Binding.GenderOf('B') != Gender.She) return null;
            bool said = "AB".All(person => StoryGrammar.Default.Company.OfName(story.Binding[person]!) == Gender.She
                || (StoryGrammar.Default.Company.OfKind(story.Binding.Kind(person)!) == Gender.She
                    && story.Text.Contains($" {story.Binding.Kind(person)}", StringComparison.Ordinal)));
            return said ? story.Text.Replace(" she ", " he ", StringComparison.Ordinal).Replace(". She ", ". He ", StringComparison.Ordinal) : null;
        },
        verdict => Assert.True(
            verdict.Broken is StoryRule.Pronoun or StoryRule.Setting or StoryRule.Sentence or StoryRule.Order, $"{verdict.Broken}"));

    [Fact]
    public void Check_WithoutTheEnding_SaysThatItIsOpen() => ForEach(
        16, 300,
        story => story.Text[..story.BeatEnds[^(story.Text.EndsWith("The end.", StringComparison.Ordinal) ? 3 : 2)]],
        verdict => Assert.Equal(StoryRule.Closing, verdict.Broken));

    [Fact]
    public void Check_WithTwoBeatsExchanged_RefusesTheOrder() => ForEach(
        17, 200,
        story => story.Text[..story.BeatEnds[2]] + story.Text[story.BeatEnds[3]..story.BeatEnds[4]]
            + story.Text[story.BeatEnds[2]..story.BeatEnds[3]] + story.Text[story.BeatEnds[4]..],
        verdict => Assert.False(verdict.IsAccepted));

    [Theory]
    [InlineData("")]
    [InlineData("Hello.")]
    [InlineData("\0\uFFFF \" [ {A} <once>")]
    public void Check_OfNoStory_Refuses(string text) => Assert.False(s_checker.Check(text).IsAccepted);

    [Fact]
    public void Check_OfManyWords_Ends()
    {
        string text = string.Concat(Enumerable.Repeat("Lily was a little girl. ", 400));

        Assert.Equal(StoryRule.Order, s_checker.Check(text).Broken);
    }

    private static void ForEach(ulong seed, int count, Func<Story, string?> change, Action<StoryVerdict> assert)
    {
        StoryGenerator generator = new(StoryGrammar.Default, seed);
        int changed = 0;
        for (int i = 0; i < count; i++)
        {
            Story story = generator.Next();
            if (change(story) is not { } text || text == story.Text) continue;
            changed++;
            assert(s_checker.Check(text));
        }
        Assert.True(changed > count / 10, $"only {changed} of {count} stories were changed");
    }

    private static string? ReplaceLast(string text, string word, string by)
    {
        int last = text.LastIndexOf(word, StringComparison.Ordinal), first = text.IndexOf(word, StringComparison.Ordinal);
        return last <= first ? null : text[..last] + by + text[(last + word.Length)..];
    }
}
