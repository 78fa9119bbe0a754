namespace WasmChord.Training.Stories.Internal;

/// <summary>What a story has said of its variables so far, and where it says any of that again.</summary>
internal sealed class Mentions(Company company)
{
    private const string Name = "", Kind = "kind", Pronoun = "he";
    private readonly HashSet<(char Variable, string Aspect)> _known = [];
    private readonly List<Range> _repeats = [], _introductions = [];

    /// <summary>The repeats, in order.</summary>
    public IReadOnlyList<Range> Repeats => _repeats;

    /// <summary>Where persons are named for the first time, in order.</summary>
    public IReadOnlyList<Range> Introductions => _introductions;

    /// <summary>Notes a slot whose text stands at <paramref name="position"/>.</summary>
    public void Add(Wording.Slot slot, StoryBinding binding, int position, int length)
    {
        // The forms of a thing follow from one another; of a person, name, kind and gender are told apart.
        string aspect = !slot.IsPerson ? Name : slot.Form is Name or Kind ? slot.Form : Pronoun;
        if (!_known.Add((slot.Variable, aspect))) _repeats.Add(position..(position + length));
        else if (slot.IsPerson && aspect == Name) _introductions.Add(position..(position + length));
        if (!slot.IsPerson) return;
        bool implied = aspect switch
        {
            Name => company.OfName(binding[slot.Variable]!) is not null,
            Kind => company.OfKind(binding.Kind(slot.Variable)!) is not null,
            _ => false,
        };
        if (implied) _known.Add((slot.Variable, Pronoun));
    }
}
