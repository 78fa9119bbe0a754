namespace WasmChord.Memory64;

/// <summary>Where a request stands; the transitions are those of <see cref="CacheEntry"/>.</summary>
internal enum EntryState : byte
{
    New,
    Waiting,
    Loading,
    Leased,
}
