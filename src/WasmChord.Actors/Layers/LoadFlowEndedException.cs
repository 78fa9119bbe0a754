namespace WasmChord.Actors;

/// <summary>The stream that carries loads ended while the layer cache still needed it: the cache restarts.</summary>
internal sealed class LoadFlowEndedException(string path, Exception? cause)
    : Exception($"the load flow of {path} ended: {cause?.Message ?? "it completed"}", cause);
