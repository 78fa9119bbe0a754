using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>One matrix product, checked: where its operands lie and how they are laid out.</summary>
internal unsafe struct ProductShape
{
    /// <summary>Type of the weights.</summary>
    public GgmlType WeightType;

    /// <summary>(RowCount, Columns).</summary>
    public byte* Weights;

    /// <summary>Bytes per row of weights.</summary>
    public long WeightRowBytes;

    /// <summary>Rows of weights.</summary>
    public int RowCount;

    /// <summary>Values per row.</summary>
    public int Columns;

    /// <summary>(PositionCount, Columns).</summary>
    public byte* Activations;

    /// <summary>Bytes per position of activations.</summary>
    public long ActivationRowBytes;

    /// <summary>Positions.</summary>
    public int PositionCount;

    /// <summary>(PositionCount, OutputStride), of which the first RowCount of each position are written.</summary>
    public float* Output;

    /// <summary>Values from one position to the next.</summary>
    public long OutputStride;
}
