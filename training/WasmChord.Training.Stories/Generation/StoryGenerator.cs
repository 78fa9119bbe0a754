using System.Text;
using WasmChord.Training.Stories.Internal;

namespace WasmChord.Training.Stories;

/// <summary>Tells stories of a grammar. The same seed tells the same stories.</summary>
/// <param name="grammar">The grammar.</param>
/// <param name="seed">Where chance begins.</param>
/// <param name="inventedNames">Share of stories whose first person has a made-up name instead of one of the list.</param>
/// <param name="secondNames">Share of stories whose first person has a name that second persons have in all others.</param>
public sealed class StoryGenerator(StoryGrammar grammar, ulong seed, double inventedNames = 0.08, double secondNames = 0)
{
    private readonly StoryRandom _random = new(seed);

    /// <summary>The next story.</summary>
    public Story Next()
    {
        Plot plot = grammar.Plots[_random.Next(grammar.Plots.Count)];
        StoryBinding binding = Cast(plot);
        StringBuilder text = new();
        List<int> ends = [];
        Mentions mentions = new(grammar.Company);
        foreach ((Beat beat, bool optional) in plot.Steps)
        {
            if (optional && _random.Chance(0.4)) continue;
            foreach (IReadOnlyList<Wording> sentence in Pick(beat.Wordings))
            {
                if (text.Length > 0) text.Append(' ');
                Write(text, sentence, binding, mentions);
            }
            ends.Add(text.Length);
        }
        return new(text.ToString(), binding, ends, mentions.Repeats, mentions.Introductions);
    }

    private StoryBinding Cast(Plot plot)
    {
        StoryBinding binding = Person(Person(new(plot), 'A'), 'B');
        foreach ((char variable, WordSet set) in plot.Variables)
        {
            string value;
            do value = set.Get(_random.Next(set.Count), "");
            while (plot.Variables.Any(other => other.Key != variable && other.Value == set && binding[other.Key] == value));
            binding = binding.With(variable, value);
        }
        return binding;
    }

    private StoryBinding Person(StoryBinding binding, char person)
    {
        Company company = grammar.Company;
        Gender gender = _random.Chance(0.5) ? Gender.She : Gender.He;
        // Half of all persons are people; the rest are animals of any kind.
        bool people = _random.Chance(0.5);
        string kind = Pick([.. company.Kinds.Where(k => people ? company.OfKind(k) == gender : company.OfKind(k) is null)]);
        // Who is first in a story and who comes second can be told by the name, each having every other one of the list: a
        // small model keeps them apart by that, and introduces nobody under a name that is taken.
        bool isFirst = person == 'A';
        string name = isFirst && _random.Chance(inventedNames)
            ? NameInvention.Next(_random, grammar)
            : PickName(Names(isFirst && (secondNames == 0 || !_random.Chance(secondNames)) ? 0 : 1));
        return binding.With(person, name).WithKind(person, kind).WithGender(person, gender);

        string[] Names(int remainder) =>
            [.. company.Names.Where((n, i) => i % 2 == remainder && (company.OfName(n) is not { } of ? !people : of == gender) && n != binding['A'])];
    }

    private void Write(StringBuilder text, IReadOnlyList<Wording> pieces, StoryBinding binding, Mentions mentions)
    {
        foreach (Wording piece in pieces)
        {
            if (piece is Wording.Literal literal) text.Append(literal.Text);
            else if (piece is Wording.Choice choice) Write(text, Pick(choice.Options), binding, mentions);
            else if (piece is Wording.Slot slot && binding.TryRender(slot, out string? value))
            {
                mentions.Add(slot, binding, text.Length, value.Length);
                text.Append(value);
            }
            else throw new InvalidOperationException($"the plot '{binding.Plot.Name}' has no value for {piece}");
        }
    }

    // Some names are common and most are rare: the share of the one at rank r is as 1 / (r + Rarity),
    // after Zipf.
    private string PickName(IReadOnlyList<string> names)
    {
        const int Rarity = 3, Unit = 1 << 20;
        int left = _random.Next(Enumerable.Range(0, names.Count).Sum(rank => Unit / (rank + Rarity)));
        int chosen = 0;
        while ((left -= Unit / (chosen + Rarity)) >= 0) chosen++;
        return names[chosen];
    }

    private T Pick<T>(IReadOnlyList<T> options) => options[_random.Next(options.Count)];
}
