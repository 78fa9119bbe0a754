using WasmChord.Training.Stories.Internal;

namespace WasmChord.Training.Stories;

/// <summary>
/// Reads a text as a story of the grammar and says which rule it breaks, if any. The checker is not told whom or what
/// the story is about: it learns that from the text's own first mentions and holds the rest of the text against them.
/// </summary>
public sealed class StoryChecker(StoryGrammar grammar)
{
    private static readonly StoryRule[] s_waivable = [StoryRule.Name, StoryRule.Pronoun, StoryRule.Object, StoryRule.Kind, StoryRule.Setting];

    /// <summary>
    /// Checks a whole story. Where it is not accepted, the broken rule is the one without which it would be, if there
    /// is one; else the text ended early, or a sentence is none of the grammar's, or is out of place.
    /// </summary>
    public StoryVerdict Check(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        (Plot? plot, int furthest) = Follow(text, StoryRule.None);
        if (plot is not null) return new(StoryRule.None, plot, text.Length, $"a story of the plot '{plot.Name}'");
        foreach (StoryRule rule in s_waivable)
            if (Follow(text, rule).Plot is not null) return Refuse(rule, text, furthest);
        if (furthest == text.Length) return new(StoryRule.Closing, null, furthest, "the story does not come to its end");
        int sayable = FollowAnyOrder(text);
        return sayable < text.Length ? Refuse(StoryRule.Sentence, text, Math.Max(sayable, furthest)) : Refuse(StoryRule.Order, text, furthest);
    }

    private static StoryVerdict Refuse(StoryRule rule, string text, int position)
    {
        int from = Math.Max(0, position - 60), to = Math.Min(text.Length, position + 40);
        return new(rule, null, position, $"{rule} at character {position}: ...{text[from..position]}<here>{text[position..to]}...");
    }

    private (Plot? Plot, int Furthest) Follow(string text, StoryRule waived)
    {
        StoryMatcher matcher = new(grammar, text, waived);
        Plot? plot = grammar.Plots.FirstOrDefault(plot => Steps(plot, 0, 0, new StoryBinding(plot)));
        return (plot, matcher.Furthest);

        bool Steps(Plot plot, int step, int position, StoryBinding binding)
        {
            if (step == plot.Steps.Count) return position == text.Length;
            (Beat beat, bool optional) = plot.Steps[step];
            return beat.Wordings.Any(wording => matcher.Sentences(wording, 0, position, binding, (p, b) => Steps(plot, step + 1, p, b)))
                || (optional && Steps(plot, step + 1, position, binding));
        }
    }

    // Any sentence of any plot after any other, each about whomever it likes.
    private int FollowAnyOrder(string text)
    {
        StoryMatcher matcher = new(grammar, text, StoryRule.None);
        SortedSet<int> reachable = [0];
        int last = 0;
        while (reachable.Count > 0)
        {
            int position = reachable.Min;
            reachable.Remove(position);
            last = position;
            if (position == text.Length) break;
            foreach (Plot plot in grammar.Plots)
            {
                StoryBinding binding = new(plot);
                foreach (IReadOnlyList<Wording> sentence in plot.Steps.SelectMany(step => step.Beat.Wordings).SelectMany(wording => wording))
                {
                    matcher.Sentences([sentence], 0, position, binding, (p, _) =>
                    {
                        reachable.Add(p);
                        return false;
                    });
                }
            }
        }
        return last == text.Length ? last : Math.Max(last, Math.Min(matcher.Furthest, text.Length - 1));
    }
}
