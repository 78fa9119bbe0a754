namespace WasmChord.Memory64;

/// <summary>What a fault does to a read.</summary>
internal enum FaultKind
{
    /// <summary>Holds it at a gate.</summary>
    Hold,

    /// <summary>Lets it wait.</summary>
    Delay,

    /// <summary>Fails it with an I/O error before any byte is read.</summary>
    Fail,

    /// <summary>Delivers the first bytes and ends.</summary>
    Short,

    /// <summary>Flips bits of one byte in what is delivered.</summary>
    Flip,
}
