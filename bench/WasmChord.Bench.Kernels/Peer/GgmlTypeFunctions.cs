using WasmChord.Gguf;

namespace WasmChord.Bench.Kernels;

/// <summary>What the peer does with one type.</summary>
/// <param name="ToFloatPointer">Expands; 0 where it has none (F32).</param>
/// <param name="VecDotPointer">Multiplies a row by activations; 0 where it has none.</param>
/// <param name="ActivationType">Type of those activations.</param>
/// <param name="EncodePointer">Encodes them; 0 where they stay floats.</param>
internal readonly unsafe record struct GgmlTypeFunctions(nint ToFloatPointer, nint VecDotPointer, GgmlType ActivationType, nint EncodePointer)
{
    // What the peer's own product goes through in turn: a square of so many rows and positions.
    private const int Tile = 16;

    public bool CanExpand => ToFloatPointer != 0;

    public bool CanMultiply => VecDotPointer != 0 && (EncodePointer != 0 || ActivationType == GgmlType.F32);

    /// <summary>Blocks to floats.</summary>
    public void ToFloat(byte* blocks, float* to, long count) => ((delegate* unmanaged[Cdecl]<void*, float*, long, void>)ToFloatPointer)(blocks, to, count);

    /// <summary>Floats to what <see cref="Multiply"/> takes.</summary>
    public void Encode(float* values, byte* to, long count)
    {
        if (ActivationType == GgmlType.F32) Buffer.MemoryCopy(values, to, count * sizeof(float), count * sizeof(float));
        else ((delegate* unmanaged[Cdecl]<float*, void*, long, void>)EncodePointer)(values, to, count);
    }

    /// <summary>
    /// output[p · rows + r] = row r · position p, one <c>vec_dot</c> each, in squares of rows and positions as the peer's
    /// own product of unrepacked weights goes.
    /// </summary>
    public void Multiply(byte* weights, long rowBytes, int rows, byte* activations, long activationBytes, int positions, int columns, float* output)
    {
        var dot = (delegate* unmanaged[Cdecl]<int, float*, nuint, void*, nuint, void*, nuint, int, void>)VecDotPointer;
        for (int p0 = 0; p0 < positions; p0 += Tile)
            for (int r0 = 0; r0 < rows; r0 += Tile)
                for (int p = p0; p < Math.Min(positions, p0 + Tile); p++)
                    for (int r = r0; r < Math.Min(rows, r0 + Tile); r++)
                        dot(columns, output + (long)p * rows + r, 0, weights + r * rowBytes, 0, activations + p * activationBytes, 0, 1);
    }
}
