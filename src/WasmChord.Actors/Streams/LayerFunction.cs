using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>What is done with a layer while it is leased.</summary>
/// <param name="layer">The layer.</param>
/// <param name="view">Its segments; closed when the function returns.</param>
/// <typeparam name="T">The result.</typeparam>
public delegate T LayerFunction<out T>(LayerId layer, LeaseView view);
