namespace WasmChord.Training.Stories.Internal;

/// <summary>
/// Follows a text along wordings, trying every alternative, and learns the variables' values on the way: the first
/// mention binds, every later one must agree. One rule may be waived, to find out which one a text breaks.
/// </summary>
internal sealed class StoryMatcher(StoryGrammar grammar, string text, StoryRule waived)
{
    /// <summary>Called where a match ends; true to accept it, false to look for another.</summary>
    public delegate bool Accept(int position, StoryBinding binding);

    /// <summary>How far any alternative got: characters of the text that the grammar could say.</summary>
    public int Furthest { get; private set; }

    /// <summary>Matches the sentences from index <paramref name="next"/> on, with a space between them.</summary>
    public bool Sentences(IReadOnlyList<IReadOnlyList<Wording>> sentences, int next, int position, StoryBinding binding, Accept accept)
    {
        if (next == sentences.Count) return accept(position, binding);
        if (position > 0)
        {
            if (!Says(" ", position)) return false;
            position++;
        }
        return Pieces(sentences[next], 0, position, binding, (p, b) => Sentences(sentences, next + 1, p, b, accept));
    }

    private bool Pieces(IReadOnlyList<Wording> pieces, int next, int position, StoryBinding binding, Accept accept)
    {
        if (next == pieces.Count) return accept(position, binding);
        switch (pieces[next])
        {
            case Wording.Literal literal:
                return Says(literal.Text, position) && Pieces(pieces, next + 1, position + literal.Text.Length, binding, accept);
            case Wording.Choice choice:
                return choice.Options.Any(
                    option => Pieces(option, 0, position, binding, (p, b) => Pieces(pieces, next + 1, p, b, accept)));
            case Wording.Slot slot:
                return Values(slot, position, binding).Any(
                    value => Says(value.Text, position) && Pieces(pieces, next + 1, position + value.Text.Length, value.Binding, accept));
            default:
                throw new InvalidOperationException($"{pieces[next]} is no wording");
        }
    }

    private bool Says(string expected, int position)
    {
        int agreed = text.AsSpan(position).CommonPrefixLength(expected);
        Furthest = Math.Max(Furthest, position + agreed);
        return agreed == expected.Length;
    }

    private IEnumerable<(string Text, StoryBinding Binding)> Values(Wording.Slot slot, int position, StoryBinding binding)
    {
        if (binding.TryRender(slot, out string? value))
        {
            yield return (value, binding);
            if (waived != RuleOf(slot)) yield break;
        }
        foreach ((string candidate, StoryBinding learned) in slot switch
        {
            { IsPerson: true, Form: "" } => Names(slot, position, binding),
            { IsPerson: true, Form: "kind" } => Kinds(slot, binding),
            { IsPerson: true } => Pronouns(slot, binding),
            _ => Entries(slot, binding),
        })
        {
            // A waived mention says nothing about the later ones.
            yield return (slot.Capital ? StoryBinding.Capitalize(candidate) : candidate, value is null ? learned : binding);
        }
    }

    private static StoryRule RuleOf(Wording.Slot slot) => slot switch
    {
        { IsPerson: true, Form: "" } => StoryRule.Name,
        { IsPerson: true, Form: "kind" } => StoryRule.Kind,
        { IsPerson: true } => StoryRule.Pronoun,
        { Variable: 'C' or 'O' } => StoryRule.Object,
        _ => StoryRule.Setting,
    };

    private IEnumerable<(string, StoryBinding)> Names(Wording.Slot slot, int position, StoryBinding binding)
    {
        int end = position;
        while (end < text.Length && char.IsAsciiLetter(text[end]) && char.IsAsciiLetterUpper(text[end]) == (end == position)) end++;
        string name = text[position..end];
        if (end - position < 2 || grammar.IsWord(name)) yield break;
        char other = slot.Variable == 'A' ? 'B' : 'A';
        if (binding[slot.Variable] is null && binding[other] == name) yield break;
        StoryBinding? learned = WithGender(binding.With(slot.Variable, name), slot.Variable, grammar.Company.OfName(name));
        if (learned is not null) yield return (name, learned);
    }

    private IEnumerable<(string, StoryBinding)> Kinds(Wording.Slot slot, StoryBinding binding)
    {
        foreach (string kind in grammar.Company.Kinds)
        {
            StoryBinding? learned = WithGender(binding.WithKind(slot.Variable, kind), slot.Variable, grammar.Company.OfKind(kind));
            if (learned is not null) yield return (kind, learned);
        }
    }

    // A name or kind that implies the other gender than the known one does not fit, unless pronouns are waived.
    private StoryBinding? WithGender(StoryBinding binding, char person, Gender? implied)
    {
        if (implied is not { } gender || binding.GenderOf(person) == gender) return binding;
        if (binding.GenderOf(person) is null) return binding.WithGender(person, gender);
        return waived == StoryRule.Pronoun ? binding : null;
    }

    private static IEnumerable<(string, StoryBinding)> Pronouns(Wording.Slot slot, StoryBinding binding)
    {
        foreach (Gender gender in Enum.GetValues<Gender>())
            yield return (StoryBinding.Pronoun(gender, slot.Form), binding.WithGender(slot.Variable, gender));
    }

    private static IEnumerable<(string, StoryBinding)> Entries(Wording.Slot slot, StoryBinding binding)
    {
        WordSet set = binding.Plot.Variables[slot.Variable];
        for (int i = 0; i < set.Count; i++)
        {
            string value = set.Get(i, "");
            bool taken = binding[slot.Variable] is null
                && binding.Plot.Variables.Any(other => other.Key != slot.Variable && other.Value == set && binding[other.Key] == value);
            if (!taken) yield return (set.Get(i, slot.Form), binding.With(slot.Variable, value));
        }
    }
}
