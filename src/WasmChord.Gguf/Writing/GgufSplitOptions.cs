namespace WasmChord.Gguf;

/// <summary>Where one model is cut into shards. A limit of null does not apply; both may.</summary>
/// <param name="MaxTensors">Most tensors in one shard.</param>
/// <param name="MaxBytes">
/// Most bytes of tensor data in one shard, padding included and the header not, as <c>gguf-split</c> counts them. A
/// larger tensor has a shard to itself.
/// </param>
/// <param name="NoTensorsInFirst">True to keep the first shard free of tensors, so that metadata can be had alone.</param>
public sealed record GgufSplitOptions(int? MaxTensors = null, long? MaxBytes = null, bool NoTensorsInFirst = false);
