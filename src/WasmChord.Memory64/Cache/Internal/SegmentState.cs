namespace WasmChord.Memory64;

/// <summary>
/// Where a segment stands. Absent → Queued (reserved) → Loading (started) → Resident (load succeeded) → Absent
/// (evicted); Queued → Absent (nobody wants it any more); Loading → Absent (load failed).
/// </summary>
internal enum SegmentState : byte
{
    Absent,
    Queued,
    Loading,
    Resident,
}
