namespace WasmChord.Cli;

/// <summary>One requester's visit to one layer.</summary>
/// <param name="Layer">Index of the layer in the model's list.</param>
/// <param name="Milliseconds">From request to lease; the sum over its requests where it is read in parts.</param>
/// <param name="WasResident">Whether everything was there when it was asked for, so that the answer came at once.</param>
/// <param name="IsFirst">Whether it is this requester's first visit to the layer.</param>
/// <param name="InParts">Whether the layer exceeds the budget and was read in parts.</param>
internal readonly record struct LayerVisit(int Layer, float Milliseconds, bool WasResident, bool IsFirst, bool InParts);
