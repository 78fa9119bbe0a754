namespace WasmChord.Training.Stories.Tests;

public sealed class HeldOutPromptsTests
{
    [Fact]
    public void Prompts_AreOfHeldOutCombinationsAndUnfinished()
    {
        StoryChecker checker = new(StoryGrammar.Default);

        IReadOnlyList<string> prompts = HeldOutPrompts.Take(100);

        Assert.Equal(100, prompts.Distinct().Count());
        Assert.All(HeldOutPrompts.Stories(100), story => Assert.True(HeldOut.Contains(story.Binding)));
        Assert.All(prompts, prompt => Assert.Equal(StoryRule.Closing, checker.Check(prompt).Broken));
    }

    [Fact]
    public void HeldOut_IsAboutAnEighth()
    {
        StoryGenerator generator = new(StoryGrammar.Default, 31);

        int held = Enumerable.Range(0, 4000).Count(_ => HeldOut.Contains(generator.Next().Binding));

        Assert.InRange(held, 400, 600);
    }
}
