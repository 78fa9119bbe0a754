using System.Diagnostics.CodeAnalysis;
using WasmChord.Training.Stories.Internal;

namespace WasmChord.Training.Stories;

/// <summary>
/// What a story's variables stand for: names, kinds and genders of A and B, and an entry of its set for every other
/// variable. Immutable; what is not known yet is null.
/// </summary>
public sealed class StoryBinding
{
    private readonly Plot _plot;
    private readonly string?[] _values = new string?['Z' - 'A' + 3];
    private const int SecondKind = 'Z' - 'A' + 2;
    private const int FirstKind = 'Z' - 'A' + 1;
    private Gender? _first, _second;

    internal StoryBinding(Plot plot) => _plot = plot;

    private StoryBinding(StoryBinding other)
    {
        _plot = other._plot;
        other._values.CopyTo(_values, 0);
        (_first, _second) = (other._first, other._second);
    }

    /// <summary>The plot that the variables belong to.</summary>
    public Plot Plot => _plot;

    /// <summary>The name of a person, or the first form of another variable's value.</summary>
    public string? this[char variable] => _values[variable - 'A'];

    /// <summary>What a person is.</summary>
    public string? Kind(char person) => _values[person == 'A' ? FirstKind : SecondKind];

    /// <summary>The pronouns that a person takes.</summary>
    public Gender? GenderOf(char person) => person == 'A' ? _first : _second;

    internal StoryBinding With(char variable, string value)
    {
        StoryBinding copy = new(this);
        copy._values[variable - 'A'] = value;
        return copy;
    }

    internal StoryBinding WithKind(char person, string kind)
    {
        StoryBinding copy = new(this);
        copy._values[person == 'A' ? FirstKind : SecondKind] = kind;
        return copy;
    }

    internal StoryBinding WithGender(char person, Gender gender)
    {
        StoryBinding copy = new(this);
        if (person == 'A') copy._first = gender;
        else copy._second = gender;
        return copy;
    }

    /// <summary>What a slot says under this binding; false where its value is not known yet.</summary>
    internal bool TryRender(Wording.Slot slot, [NotNullWhen(true)] out string? text)
    {
        text = slot switch
        {
            { IsPerson: true, Form: "" } => this[slot.Variable],
            { IsPerson: true, Form: "kind" } => Kind(slot.Variable),
            { IsPerson: true } => GenderOf(slot.Variable) is { } gender ? Pronoun(gender, slot.Form) : null,
            _ => this[slot.Variable] is { } value ? Form(slot, value) : null,
        };
        if (text is not null && slot.Capital) text = Capitalize(text);
        return text is not null;
    }

    internal static string Pronoun(Gender gender, string form) => (form, gender) switch
    {
        ("he", Gender.She) => "she",
        ("he", Gender.He) => "he",
        ("him", Gender.She) => "her",
        ("him", Gender.He) => "him",
        ("his", Gender.She) => "her",
        ("his", Gender.He) => "his",
        ("himself", Gender.She) => "herself",
        ("himself", Gender.He) => "himself",
        _ => throw new ArgumentException($"persons have no form '{form}'", nameof(form)),
    };

    internal static string Capitalize(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private string Form(Wording.Slot slot, string value)
    {
        WordSet set = _plot.Variables[slot.Variable];
        for (int i = 0; i < set.Count; i++)
            if (set.Get(i, "") == value) return set.Get(i, slot.Form);
        throw new ArgumentException($"'{value}' is not in the set '{set.Name}'", nameof(value));
    }
}
