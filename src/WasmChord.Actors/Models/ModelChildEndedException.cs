namespace WasmChord.Actors;

/// <summary>An actor that serves a model was stopped from outside: the model opens anew.</summary>
internal sealed class ModelChildEndedException(string path, string child) : Exception($"{child} of {path} was stopped");
