using System.IO.Hashing;
using System.Numerics.Tensors;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Cli;

/// <summary>Reads extents, hashes their bytes, dequantizes every block and looks for values that are not finite. One a thread.</summary>
internal sealed class ExtentChecker(ModelReader reader)
{
    private readonly byte[] _source = new byte[BlockRun.MaxBytes];
    private readonly float[] _values = new float[BlockRun.MaxValues];
    private readonly XxHash3 _hash = new();

    /// <summary>XxHash3 of the extent that was checked last.</summary>
    public ulong Checksum { get; private set; }

    /// <summary>Checks an extent.</summary>
    /// <returns>Index of the first block that holds a NaN or an infinity; null where none does.</returns>
    /// <exception cref="ToolException">The file ends before its end.</exception>
    public long? Check(Extent extent)
    {
        TensorInfo tensor = extent.Tensor;
        long? firstBad = null;
        _hash.Reset();
        foreach (BlockRun run in BlockRun.Of(tensor, extent.TensorByteOffset, extent.ByteLength))
        {
            Span<byte> bytes = _source.AsSpan(0, run.ByteLength);
            reader.Read(tensor.FileIndex, tensor.FileOffset + run.ByteOffset, bytes);
            _hash.Append(bytes);
            Span<float> values = _values.AsSpan(0, run.ValueCount);
            Dequantizer.ToFloat(tensor.Type, bytes, values);
            if (firstBad is null && !TensorPrimitives.IsFiniteAll<float>(values))
                firstBad = run.FirstBlock + FirstNotFinite(values) / GgmlTypeTraits.For(tensor.Type).BlockSize;
        }

        Checksum = _hash.GetCurrentHashAsUInt64();
        return firstBad;
    }

    private static int FirstNotFinite(ReadOnlySpan<float> values)
    {
        int i = 0;
        while (float.IsFinite(values[i])) i++;
        return i;
    }
}
