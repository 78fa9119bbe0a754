using System.Diagnostics;
using System.Globalization;
using WasmChord.TestData;
using Xunit.Abstractions;

namespace WasmChord.Gguf.Tests.Hostile;

/// <summary>
/// Seeded mutations of headers: a file opens, or is refused by <see cref="GgufFormatException"/>, and never takes more
/// than 64 MiB. <c>WASMCHORD_MUTATIONS</c> raises their number; the longest case is reported, not asserted.
/// </summary>
[Collection("alone")]
public class MutationTests(ITestOutputHelper output)
{
    private const long AllocationLimitBytes = 64L * 1024 * 1024;

    private static readonly TimeSpan s_long = TimeSpan.FromMilliseconds(20);

    private static int Count => int.TryParse(
        Environment.GetEnvironmentVariable("WASMCHORD_MUTATIONS"), CultureInfo.InvariantCulture, out int count) ? count : 5_000;

    [Fact]
    public async Task Open_MutatedSelfMadeHeader_OpensOrIsRefused()
    {
        List<(string, byte[], long)> headers = [];
        for (int i = 0; i < 8; i++)
        {
            MemoryStream stream = new();
            await RandomModel.Create(new Random(i), bigEndian: i % 2 == 1).WriteAsync(stream);
            headers.Add(($"random model {i}", stream.ToArray(), stream.Length));
        }
        foreach ((int version, bool bigEndian) in new[] { (1, false), (1, true), (2, false), (2, true) })
        {
            RawGguf raw = new RawGguf(version, bigEndian).Header(3, 3).StringPair("general.architecture", "llama")
                .ArrayHead("tokens", 8, 50);
            for (int i = 0; i < 50; i++) raw.Str($"token {i}");
            raw.ArrayHead("scores", 6, 50).Zeros(200)
                .Tensor("token_embd.weight", 0, 0, 8, 4).Tensor("blk.0.attn_q.weight", 8, 128, 32, 2).Tensor("output.weight", 1, 224, 4, 4);
            raw.PadTo(32);
            headers.Add(($"version {version}, big-endian {bigEndian}", raw.ToArray(), raw.Position + 256));
        }
        await RunAsync(headers);
    }

    [SkippableFact]
    public async Task Open_MutatedRealHeader_OpensOrIsRefused()
    {
        List<string> paths = [.. Directory.GetFiles(SharedTestData.Require("models"), "*.gguf", SearchOption.AllDirectories)];
        paths.Add(SharedTestData.Require("vocab/ggml-vocab-llama-spm.gguf"));
        paths.Sort(StringComparer.Ordinal);
        List<(string, byte[], long)> headers = [];
        foreach (string path in paths)
        {
            using GgufFile file = await GgufFile.OpenAsync(new FileGgufSource(path));
            byte[] header = new byte[file.TensorDataOffset];
            using FileStream stream = File.OpenRead(path);
            stream.ReadExactly(header);
            headers.Add((Path.GetFileName(path), header, file.Length));
        }
        await RunAsync(headers);
    }

    private async Task RunAsync(List<(string Name, byte[] Header, long Length)> headers)
    {
        int accepted = 0;
        (long Bytes, string Case) most = default;
        (TimeSpan Time, string Case) longest = default;
        Dictionary<GgufError, int> refusals = [];
        for (int i = 0; i < Count; i++)
        {
            (string name, byte[] header, long length) = headers[i % headers.Count];
            (byte[] mutated, long mutatedLength) = HeaderMutator.Mutate(header, length, new Random(i));
            OverlaySource source = new(mutated, mutatedLength, name);

            Outcome outcome = await TryAsync(source, $"mutation {i} of {name}");
            // A long case is tried again, to tell its own time from that of a busy machine.
            for (int again = 0; again < 3 && outcome.Time > s_long; again++)
            {
                TimeSpan time = (await TryAsync(source, name)).Time;
                if (time < outcome.Time) outcome = outcome with { Time = time };
            }
            if (outcome.Refusal is { } error) refusals[error] = refusals.GetValueOrDefault(error) + 1;
            else accepted++;
            if (outcome.Bytes > most.Bytes) most = (outcome.Bytes, $"mutation {i} of {name}");
            if (outcome.Time > longest.Time) longest = (outcome.Time, $"mutation {i} of {name}");
        }
        output.WriteLine($"{Count} mutations, {accepted} accepted; refused: {string.Join(", ", refusals.OrderByDescending(r => r.Value))}");
        output.WriteLine($"most allocated: {most.Bytes} bytes ({most.Case}); longest: {longest.Time.TotalMilliseconds:F2} ms ({longest.Case})");
        Assert.InRange(most.Bytes, 1, AllocationLimitBytes);
        Assert.True(refusals.Count > 5, "the mutations hardly break anything");
    }

    private static async Task<Outcome> TryAsync(IGgufSource source, string what)
    {
        GgufError? refusal = null;
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        try
        {
            using GgufModel model = await GgufModel.OpenAsync([source]);
            await MaterialiseAsync(model);
        }
        catch (GgufFormatException e)
        {
            refusal = e.Error;
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }
        return new Outcome(refusal, Stopwatch.GetElapsedTime(start), GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>What was indexed must also be readable, or be refused in the same way.</summary>
    private static async Task MaterialiseAsync(GgufModel model)
    {
        foreach (GgufMetadataEntry entry in model.Metadata)
        {
            if (entry.Type == GgufValueType.String) await entry.ReadStringAsync();
            if (!entry.TryGetArray(out GgufArray? array)) continue;
            if (array.ElementType == GgufValueType.String) await array.ReadByteStringsAsync();
            else if (array.ElementType == GgufValueType.Boolean) await array.ReadBooleansAsync();
            else await array.ReadAsync<double>();
        }
        foreach (TensorInfo tensor in model.Tensors) _ = tensor.RowBytes + tensor.Shape.RowCount + tensor.Shape.ValueCount;
    }

    private readonly record struct Outcome(GgufError? Refusal, TimeSpan Time, long Bytes);
}
