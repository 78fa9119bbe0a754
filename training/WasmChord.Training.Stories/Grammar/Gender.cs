namespace WasmChord.Training.Stories;

/// <summary>Which pronouns a person takes.</summary>
public enum Gender
{
    /// <summary>She, her, herself.</summary>
    She,

    /// <summary>He, him, his, himself.</summary>
    He,
}
