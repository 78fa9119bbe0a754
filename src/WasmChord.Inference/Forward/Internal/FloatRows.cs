using System.Runtime.InteropServices;
using WasmChord.Memory64;

namespace WasmChord.Inference;

/// <summary>(rows, columns) floats of native memory.</summary>
internal sealed class FloatRows : IDisposable
{
    private readonly NativeBuffer _buffer;

    internal FloatRows(int rows, int columns)
    {
        Columns = columns;
        _buffer = new NativeBuffer(BytesOf(rows, columns));
    }

    internal int Columns { get; }

    internal long HeldBytes => _buffer.HeldBytes;

    internal Span<float> All => MemoryMarshal.Cast<byte, float>(_buffer.Span);

    internal Span<float> this[int row] => All.Slice(row * Columns, Columns);

    public void Dispose() => _buffer.Dispose();

    internal static long SizeOf(int rows, int columns) => NativeBuffer.SizeOf(BytesOf(rows, columns));

    internal Span<float> First(int rows) => All[..(rows * Columns)];

    private static int BytesOf(int rows, int columns)
    {
        long bytes = (long)rows * columns * sizeof(float);
        return bytes is > 0 and <= int.MaxValue ? (int)bytes
            : throw new InferenceException(InferenceError.InvalidOption, $"a buffer of {rows} rows of {columns} values would take {bytes} bytes, not 1 to {int.MaxValue}");
    }
}
