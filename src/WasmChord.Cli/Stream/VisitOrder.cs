namespace WasmChord.Cli;

/// <summary>In which order a requester visits the layers of a pass.</summary>
internal enum VisitOrder
{
    /// <summary>As the forward pass does.</summary>
    Scan,

    /// <summary>Shuffled anew for each pass, differently for each requester.</summary>
    Random,
}
