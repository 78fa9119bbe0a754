namespace WasmChord.Memory64;

/// <summary>A set of segments with a first one to give up.</summary>
internal interface ICandidateOrder
{
    /// <summary>The segment is being used, whether it is in the set or not.</summary>
    void Visit(SegmentId segment)
    {
    }

    /// <summary>Adds a segment that is not in the set, as the most recently used.</summary>
    void Add(SegmentId segment);

    /// <summary>Removes a segment that is in the set.</summary>
    void Remove(SegmentId segment);

    /// <summary>The segment to give up first; false when the set is empty.</summary>
    bool TryFirst(out SegmentId segment);
}
