namespace WasmChord.Gguf.Tests.Hostile;

/// <summary>Tests that measure memory, and so run while nothing else does.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public class AloneCollection;
