namespace WasmChord.Bench.Figures;

/// <summary>One line of a plot.</summary>
/// <param name="Name">Its legend.</param>
/// <param name="Points">Left to right.</param>
/// <param name="IsBound">A bound or a reference rather than a measurement: dashed, grey, without points.</param>
public sealed record PlotLine(string Name, IReadOnlyList<PlotPoint> Points, bool IsBound = false);
