using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Cli;

/// <summary>Converts tensors to other types: some blocks at a time, two threads at once, written in order.</summary>
internal sealed class TensorConverter(ModelReader reader, JobProgress progress)
{
    private readonly Lane[] _lanes = [new(reader), new(reader)];

    /// <summary>Writes the data of a tensor in its new type.</summary>
    public async ValueTask WriteAsync(PlannedTensor tensor, Stream destination, CancellationToken cancellationToken)
    {
        foreach (BlockRun[] runs in BlockRun.Of(tensor.Source).Chunk(_lanes.Length))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.WhenAll(runs.Select((run, i) => Task.Run(() => _lanes[i].Convert(tensor, run), cancellationToken))).ConfigureAwait(false);
            for (int i = 0; i < runs.Length; i++)
            {
                await destination.WriteAsync(_lanes[i].Result, cancellationToken).ConfigureAwait(false);
                progress.Add(runs[i].ByteLength);
            }
        }
    }

    private sealed class Lane(ModelReader reader)
    {
        private readonly byte[] _source = new byte[BlockRun.MaxBytes];
        private readonly float[] _values = new float[BlockRun.MaxValues];
        private readonly byte[] _result = new byte[BlockRun.MaxValues * sizeof(float)];
        private int _resultBytes;

        public ReadOnlyMemory<byte> Result => _result.AsMemory(0, _resultBytes);

        public void Convert(PlannedTensor tensor, BlockRun run)
        {
            TensorInfo source = tensor.Source;
            Span<byte> bytes = _source.AsSpan(0, run.ByteLength);
            Span<float> values = _values.AsSpan(0, run.ValueCount);
            reader.Read(source.FileIndex, source.FileOffset + run.ByteOffset, bytes);
            Dequantizer.ToFloat(source.Type, bytes, values);
            if (!TensorPrimitives.IsFiniteAll<float>(values))
                throw new ToolException("not_finite", $"tensor '{source.Name}' holds values that are not finite, at or after block {run.FirstBlock}: verify names the block");
            _resultBytes = (int)GgmlTypeTraits.For(tensor.Type).BytesFor(run.ValueCount);
            if (tensor.Type == GgmlType.F32) MemoryMarshal.AsBytes(values).CopyTo(_result);
            else Quantizer.FromFloat(tensor.Type, values, _result.AsSpan(0, _resultBytes));
        }
    }
}
