using System.IO.Hashing;
using System.Runtime.InteropServices;
using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Kernels;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>
/// Reads the model's files anew, by plain reads that share nothing with the engine, decodes them where the image was
/// decoded, and compares with what every requester saw.
/// </summary>
internal static class IndependentCheck
{
    private const int Threads = 2;

    /// <summary>Compares.</summary>
    /// <returns>A sentence on the first difference, in the order of the image; null where there is none.</returns>
    public static async Task<string?> RunAsync(
        ModelDescription model, IReadOnlyList<RequesterRecord> records, JobProgress progress, CancellationToken cancellationToken)
    {
        using GgufModel file = await GgufModel.OpenAsync(model.Path, cancellationToken).ConfigureAwait(false);
        using ModelReader reader = new(file);
        string?[] differences = new string?[model.Layout.Segments.Count];
        ParallelOptions options = new() { MaxDegreeOfParallelism = Threads, CancellationToken = cancellationToken };
        await Task.Run(
            () => Parallel.For(0, differences.Length, options, () => new SegmentHasher(reader, model.Layout.Options.Format), (i, _, hasher) =>
            {
                Segment segment = model.Layout.Segments[new SegmentId(i)];
                differences[i] = Compare(segment, file.Tensors[segment.TensorIndex], hasher, records);
                progress.Add(segment.FileByteLength);
                return hasher;
            },
            static _ => { }),
            cancellationToken).ConfigureAwait(false);
        return differences.FirstOrDefault(d => d is not null);
    }

    private static string? Compare(Segment segment, TensorInfo tensor, SegmentHasher hasher, IReadOnlyList<RequesterRecord> records)
    {
        if (!records.Any(r => r.TryGetHash(segment.Id, out _))) return null;
        ulong expected = hasher.Hash(segment, tensor);
        for (int i = 0; i < records.Count; i++)
        {
            bool wasRead = records[i].TryGetHash(segment.Id, out ulong seen);
            if (wasRead && seen != expected)
                return $"requester {i} read {seen:x16} from {segment.Layer}, tensor '{tensor.Name}' at {segment.TensorByteOffset}, but the file has {expected:x16}";
            if (records[i].FirstChanged == segment.Id)
                return $"requester {i} did not read the same from {segment.Layer}, tensor '{tensor.Name}' at {segment.TensorByteOffset}, at every visit";
        }

        return null;
    }

    private sealed class SegmentHasher(ModelReader reader, ResidencyFormat format)
    {
        private readonly byte[] _source = new byte[BlockRun.MaxBytes];
        private readonly float[] _floats = new float[format == ResidencyFormat.F32 ? BlockRun.MaxValues : 0];
        private readonly Half[] _halves = new Half[format == ResidencyFormat.F16 ? BlockRun.MaxValues : 0];
        private readonly XxHash3 _hash = new();

        public ulong Hash(Segment segment, TensorInfo tensor)
        {
            _hash.Reset();
            foreach (BlockRun run in BlockRun.Of(tensor, segment.TensorByteOffset, segment.FileByteLength))
            {
                Span<byte> source = _source.AsSpan(0, run.ByteLength);
                reader.Read(tensor.FileIndex, tensor.FileOffset + run.ByteOffset, source);
                _hash.Append(Decode(tensor.Type, source, run.ValueCount));
            }

            return _hash.GetCurrentHashAsUInt64();
        }

        private ReadOnlySpan<byte> Decode(GgmlType type, ReadOnlySpan<byte> source, int count)
        {
            switch (format)
            {
                case ResidencyFormat.F32:
                    Dequantizer.ToFloat(type, source, _floats.AsSpan(0, count));
                    return MemoryMarshal.AsBytes(_floats.AsSpan(0, count));
                case ResidencyFormat.F16:
                    Dequantizer.ToHalf(type, source, _halves.AsSpan(0, count));
                    return MemoryMarshal.AsBytes(_halves.AsSpan(0, count));
                default:
                    return source;
            }
        }
    }
}
