namespace WasmChord.Memory64;

/// <summary>How a model file is read.</summary>
public enum StorageMode
{
    /// <summary>Decided when the file is opened, by a short probe. A setting only: an open storage is one of the others.</summary>
    Auto,

    /// <summary>Through the page cache of the operating system.</summary>
    Buffered,

    /// <summary>Past the page cache (<c>O_DIRECT</c>), straight into the destination.</summary>
    Direct,
}
