namespace WasmChord.Bench.Compare;

/// <summary>One line of a series: the same but for what lies across.</summary>
/// <param name="Name">Its legend.</param>
/// <param name="Points">Left to right.</param>
internal sealed record ScalingLine(string Name, IReadOnlyList<ScalingPoint> Points);
