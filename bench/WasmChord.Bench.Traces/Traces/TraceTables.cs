using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Bench.Traces;

/// <summary>Tables for traces: every segment fills one frame of its own.</summary>
internal static class TraceTables
{
    /// <summary>Size of every segment.</summary>
    public const long SegmentBytes = 2 << 20;

    /// <summary>Layers of equally many segments.</summary>
    public static SegmentTable Uniform(int layers, int segmentsPerLayer = 1)
    {
        int count = layers * segmentsPerLayer;
        var segments = new Segment[count];
        for (int i = 0; i < count; i++)
        {
            long at = i * SegmentBytes;
            segments[i] = new Segment(new SegmentId(i), LayerId.Block(i / segmentsPerLayer), i, 0, 0, at, SegmentBytes, 0, at, SegmentBytes, i, 1);
        }
        return new SegmentTable(segments, SegmentBytes, count);
    }
}
