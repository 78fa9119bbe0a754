namespace WasmChord.Memory64;

/// <summary>What an automatic budget leaves to others, and how it follows them.</summary>
/// <param name="Fraction">The part of what can be had that it takes.</param>
/// <param name="HeadroomBytes">What it leaves at least.</param>
/// <param name="PressurePercent">From this part of time that tasks wait for memory on, it shrinks by an eighth at a look.</param>
/// <param name="GrowAfterSamples">Looks in a row with room before it grows.</param>
public sealed record NodeBudgetLimits(double Fraction, long HeadroomBytes, double PressurePercent, int GrowAfterSamples);
