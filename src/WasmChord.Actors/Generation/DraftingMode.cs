namespace WasmChord.Actors;

/// <summary>When tokens are drafted by prompt look-up and verified several at a time. The text is the same in any mode.</summary>
public enum DraftingMode
{
    /// <summary>Never.</summary>
    Off,

    /// <summary>Always.</summary>
    On,

    /// <summary>While waves are bound by reading: further positions then cost next to nothing.</summary>
    Auto,
}
