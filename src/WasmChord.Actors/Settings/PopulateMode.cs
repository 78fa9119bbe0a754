namespace WasmChord.Actors;

/// <summary>When memory is touched for the first time, where the image consists of huge pages.</summary>
public enum PopulateMode
{
    /// <summary>When the first bytes are read into it.</summary>
    Off,

    /// <summary>On a thread of its own, as much ahead of need as read-ahead may fill.</summary>
    Ahead,

    /// <summary>All that the weights may take, before the model is open.</summary>
    Open,
}
