using WasmChord.Gguf;

namespace WasmChord.Inference;

/// <summary>A matrix of weights: (rows, columns), or one such slice for each expert; and where its rows lie.</summary>
public sealed class WeightMatrix
{
    private readonly WeightTile[][] _tiles; // (slices)

    internal WeightMatrix(TensorInfo tensor, int columns, int rows, WeightTile[][] tiles, float[]? bias)
    {
        Tensor = tensor;
        Columns = columns;
        Rows = rows;
        Bias = bias;
        _tiles = tiles;
    }

    /// <summary>Its tensor.</summary>
    public TensorInfo Tensor { get; }

    /// <summary>Length of a row.</summary>
    public int Columns { get; }

    /// <summary>Rows of a slice.</summary>
    public int Rows { get; }

    /// <summary>Slices: experts, or 1.</summary>
    public int SliceCount => _tiles.Length;

    /// <summary>(rows) added to the product; null for none.</summary>
    public float[]? Bias { get; }

    /// <summary>Where the rows of a slice lie, in order.</summary>
    public ReadOnlySpan<WeightTile> Tiles(int slice = 0) => _tiles[slice];
}
