namespace WasmChord.Training.Stories.Internal;

/// <summary>A piece of a sentence: fixed text, a choice among sequences, or a slot for a variable.</summary>
internal abstract record Wording
{
    /// <summary>Text that stands there as it is.</summary>
    internal sealed record Literal(string Text) : Wording;

    /// <summary>One of several sequences, any of which may be empty.</summary>
    internal sealed record Choice(IReadOnlyList<IReadOnlyList<Wording>> Options) : Wording;

    /// <summary>A form of a variable's value; capitalised where the form's name in the grammar is.</summary>
    internal sealed record Slot(char Variable, string Form, bool Capital) : Wording
    {
        /// <summary>True for the two variables that are persons.</summary>
        public bool IsPerson => Variable is 'A' or 'B';
    }
}
