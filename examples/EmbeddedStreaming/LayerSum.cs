using WasmChord.Gguf;

namespace WasmChord.Examples.EmbeddedStreaming;

/// <summary>What the example makes of a layer. Only this leaves the stream; the layer's memory stays with the engine.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="SegmentCount">Segments it consists of.</param>
/// <param name="ByteCount">Its bytes.</param>
/// <param name="Sum">Their sum.</param>
public sealed record LayerSum(LayerId Layer, int SegmentCount, long ByteCount, ulong Sum);
