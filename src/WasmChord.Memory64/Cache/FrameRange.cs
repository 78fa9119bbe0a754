namespace WasmChord.Memory64;

/// <summary>Consecutive frames of an image.</summary>
/// <param name="First">The first frame.</param>
/// <param name="Count">How many; may be 0.</param>
public readonly record struct FrameRange(int First, int Count)
{
    /// <summary>The frame after the last.</summary>
    public int End => First + Count;
}
