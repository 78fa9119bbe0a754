namespace WasmChord.Actors;

/// <summary>The layer cache works on a region generation that has ended: it restarts.</summary>
internal sealed class StaleGenerationException(string path, long cache, long region)
    : Exception($"the layer cache of {path} is on generation {cache}, the region on {region}");
