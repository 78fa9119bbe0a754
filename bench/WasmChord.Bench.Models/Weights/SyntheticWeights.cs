using WasmChord.Gguf;

namespace WasmChord.Bench.Models;

/// <summary>
/// The weights of one model: chunks of blocks, each from its own seed, made by several threads ahead of the one that
/// writes them. What is written depends on the seed and never on the number of threads. Writes one tensor at a time.
/// </summary>
/// <param name="seed">Chooses the weights.</param>
/// <param name="chunksAhead">How many chunks may be in the making or waiting to be written.</param>
internal sealed class SyntheticWeights(ulong seed, int chunksAhead)
{
    private const int ChunkBytes = 2 * 1024 * 1024;

    private const double NormDeviation = 0.1;

    private readonly Dictionary<(GgmlType Type, long RowLength, bool IsNorm), WeightFiller> _fillers = [];
    private readonly byte[][] _buffers = new byte[chunksAhead][];

    /// <summary>Weights made by as many threads as there are processors.</summary>
    public SyntheticWeights(ulong seed) : this(seed, Environment.ProcessorCount + 1)
    {
    }

    /// <summary>Streams a tensor's data.</summary>
    public async ValueTask WriteAsync(PlannedTensor tensor, Stream destination, CancellationToken cancellationToken)
    {
        WeightFiller filler = FillerOf(tensor);
        ulong tensorSeed = SplitMix64.SeedOf(seed, tensor.Name);
        int typeSize = GgmlTypeTraits.For(tensor.Type).TypeSize;
        long chunkBytes = ChunkBytes / typeSize * typeSize, chunks = (tensor.ByteLength + chunkBytes - 1) / chunkBytes;
        var made = new Task<Memory<byte>>[_buffers.Length];

        Task<Memory<byte>> Make(long chunk)
        {
            byte[] buffer = _buffers[chunk % _buffers.Length] ??= GC.AllocateUninitializedArray<byte>(ChunkBytes);
            Memory<byte> blocks = buffer.AsMemory(0, (int)Math.Min(chunkBytes, tensor.ByteLength - chunk * chunkBytes));
            return Task.Run(() =>
            {
                filler.Fill(blocks.Span, SplitMix64.SeedOf(tensorSeed, chunk));
                return blocks;
            }, CancellationToken.None);
        }

        for (long chunk = 0; chunk < Math.Min(chunks, made.Length); chunk++) made[chunk] = Make(chunk);
        for (long chunk = 0; chunk < chunks; chunk++)
        {
            long slot = chunk % made.Length;
            await destination.WriteAsync(await made[slot].ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            if (chunk + made.Length < chunks) made[slot] = Make(chunk + made.Length);
        }
    }

    /// <summary>The first blocks of a tensor, about <paramref name="bytes"/>: the same as in the whole tensor.</summary>
    public byte[] Start(PlannedTensor tensor, int bytes)
    {
        int typeSize = GgmlTypeTraits.For(tensor.Type).TypeSize;
        byte[] blocks = new byte[Math.Min(tensor.ByteLength, (long)Math.Min(bytes, ChunkBytes) / typeSize * typeSize)];
        FillerOf(tensor).Fill(blocks, SplitMix64.SeedOf(SplitMix64.SeedOf(seed, tensor.Name), 0));
        return blocks;
    }

    private WeightFiller FillerOf(PlannedTensor tensor)
    {
        bool isNorm = tensor.Role == TensorRole.Norm;
        var key = (tensor.Type, tensor.Shape.Ne0, isNorm);
        if (_fillers.TryGetValue(key, out WeightFiller? filler)) return filler;
        // A sum of n products of weights with the deviation 1/√n and unit activations is of unit size again.
        filler = isNorm ? WeightFiller.ForNorm(NormDeviation) : WeightFiller.ForMatrix(tensor.Type, 1 / Math.Sqrt(tensor.Shape.Ne0));
        _fillers.Add(key, filler);
        return filler;
    }
}
