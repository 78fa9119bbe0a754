using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary>Some whole blocks of a tensor, few enough for a buffer.</summary>
/// <param name="FirstBlock">Index of the first block in its tensor.</param>
/// <param name="ByteOffset">Where they start in the tensor's data, in bytes.</param>
/// <param name="ByteLength">Their bytes.</param>
/// <param name="ValueCount">Their values.</param>
internal readonly record struct BlockRun(long FirstBlock, long ByteOffset, int ByteLength, int ValueCount)
{
    /// <summary>Most values of a run: 4 MiB of floats.</summary>
    public const int MaxValues = 1 << 20;

    /// <summary>Most bytes of a run: 64-bit numbers are the widest type.</summary>
    public const int MaxBytes = MaxValues * sizeof(double);

    /// <summary>Divides a whole tensor.</summary>
    public static IEnumerable<BlockRun> Of(TensorInfo tensor) => Of(tensor, 0, tensor.ByteLength);

    /// <summary>Divides a part of a tensor that begins and ends with whole blocks.</summary>
    public static IEnumerable<BlockRun> Of(TensorInfo tensor, long byteOffset, long byteLength)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(tensor.Type);
        long maxBlocks = MaxValues / traits.BlockSize;
        long end = (byteOffset + byteLength) / traits.TypeSize;
        for (long block = byteOffset / traits.TypeSize; block < end;)
        {
            int blocks = (int)Math.Min(maxBlocks, end - block);
            yield return new BlockRun(block, block * traits.TypeSize, blocks * traits.TypeSize, blocks * traits.BlockSize);
            block += blocks;
        }
    }
}
