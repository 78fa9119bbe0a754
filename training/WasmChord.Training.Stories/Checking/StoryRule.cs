namespace WasmChord.Training.Stories;

/// <summary>What a story must keep to, and may break.</summary>
public enum StoryRule
{
    /// <summary>Nothing is broken.</summary>
    None,

    /// <summary>Whoever is named was introduced under that name and keeps it.</summary>
    Name,

    /// <summary>Pronouns agree with the person that they stand for.</summary>
    Pronoun,

    /// <summary>A person stays what it is: a fox does not become a girl.</summary>
    Kind,

    /// <summary>The object that the story is about stays the same thing with the same look.</summary>
    Object,

    /// <summary>Places, hiding places, relatives and the other things of the story stay the same.</summary>
    Setting,

    /// <summary>Each step follows from the one before: no solution before its problem, none of another plot.</summary>
    Order,

    /// <summary>The story comes to its end.</summary>
    Closing,

    /// <summary>Every sentence is one that the grammar can say.</summary>
    Sentence,
}
