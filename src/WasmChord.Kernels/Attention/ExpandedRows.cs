using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>Cached rows as floats: in place where they are, else expanded a few at a time into a buffer that stays in the first cache.</summary>
internal static unsafe class ExpandedRows
{
    /// <summary>Floats of the buffer: at least four rows of the longest head.</summary>
    internal const int BufferLength = 4096;

    /// <summary>Rows that are expanded at once.</summary>
    internal static int RowsAtOnce(GgmlType type, int headDim, int rows) =>
        type == GgmlType.F32 ? rows : Math.Min(rows, BufferLength / headDim);

    /// <summary>The floats of some rows, either <paramref name="source"/> itself or <paramref name="buffer"/>.</summary>
    internal static float* Get(KernelPath path, GgmlType type, byte* source, int values, float* buffer)
    {
        if (type == GgmlType.F32) return (float*)source;
        if (type == GgmlType.F16 && FiniteHalves.TryExpand(path, (ushort*)source, buffer, values)) return buffer;
        DequantizeDispatch.Run(path, type, source, buffer, type == GgmlType.Q8_0 ? values / 32 : values);
        return buffer;
    }
}
