namespace WasmChord.Actors;

/// <summary>A request's logits processor failed; ends that request alone.</summary>
internal sealed class LogitsProcessorFailedException(string message) : Exception(message);
