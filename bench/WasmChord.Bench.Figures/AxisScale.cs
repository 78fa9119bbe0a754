namespace WasmChord.Bench.Figures;

/// <summary>How an axis spaces its values.</summary>
public enum AxisScale
{
    /// <summary>Equal differences take equal room, from 0.</summary>
    Linear,

    /// <summary>Equal ratios take equal room; each doubling of the data has a mark.</summary>
    Doubling,
}
