namespace WasmChord.Memory64;

/// <summary>The sets that a segment belongs to, derived from its state, pins and prefetch mark.</summary>
[Flags]
internal enum SegmentRoles : byte
{
    None = 0,
    Used = 1,
    Kept = 2,
    Held = 4,
    Resident = 8,
    Candidate = 16,
    Pinned = 32,
}
