using WasmChord.Bench.Figures;
using WasmChord.Bench.Kernels;
using WasmChord.Gguf;

namespace WasmChord.Bench.Tests;

public sealed class KernelRatesTests
{
    private static readonly RateClock s_clock = new(rounds: 2, leastSeconds: 1e-4);

    [Fact]
    public void Measure_WithoutPeer_HasOursAndTheStore()
    {
        DequantizeRates rates = DequantizeRates.Measure(GgmlType.Q4_K, 4096, null, s_clock);
        Assert.Null(rates.Peer);
        Assert.Equal((2, 2), (rates.Ours.Values.Count, rates.Store.Values.Count));
        Assert.All(rates.Ours.Values.Concat(rates.Store.Values), v => Assert.True(v > 0));
    }

    [Fact]
    public void Measure_Product_CountsEachWeightOnceAndEachOperation()
    {
        ProductRates rates = ProductRates.Measure(GgmlType.Q8_0, 2, WeightPlace.Cache, null, s_clock);
        Assert.Equal((64 * 4096 / 32 * 34L, 2.0 * 64 * 4096 * 2), (rates.WeightBytes, rates.Operations));
        Assert.Equal(rates.Ours.Median * rates.WeightBytes / 1e9, rates.Gigabytes(rates.Ours), 9);
        Assert.Null(rates.Peer);
    }

    [Fact]
    public void Clock_Actions_TakeTurnsAndAbsentOnesAreLeftOut()
    {
        List<char> calls = [];
        double[]?[] seconds = new RateClock(rounds: 2, leastSeconds: 0).Measure(() => calls.Add('a'), null, () => calls.Add('b'));
        Assert.Null(seconds[1]);
        Assert.Equal((2, 2), (seconds[0]!.Length, seconds[2]!.Length));
        // One call each to calibrate, then two rounds that warm up and two that count.
        Assert.Equal("ababababab", new string([.. calls]));
    }

    [Fact]
    public unsafe void Ones_Buffer_IsFilledAndNoFurther()
    {
        float* floats = stackalloc float[129];
        PlainStore.Ones(floats, 128);
        Assert.All(new Span<float>(floats, 128).ToArray(), v => Assert.Equal(1f, v));
        Assert.Equal(0f, floats[128]);
    }

    [Fact]
    public void Report_PeerAndStore_ShowRatios()
    {
        DequantizeRates with = new(GgmlType.Q4_K, 4096, new Series([30]), new Series([20]), new Series([60]));
        DequantizeRates without = new(GgmlType.F16, 4096, new Series([9]), null, new Series([10]));
        string[] rows = RateReport.Dequantize([with, without]).Split(Environment.NewLine);
        Assert.Equal(["Q4_K", "30.0", "20.0", "1.50", "60.0", "0.50"], Cells(rows[2]));
        Assert.Equal(["F16", "9.00", "–", "–", "10.0", "0.90"], Cells(rows[3]));
        ProductRates product = new(GgmlType.Q6_K, 64, WeightPlace.Memory, 2_000_000_000, 4e9, new Series([3]), new Series([2]));
        Assert.Equal(["Q6_K", "memory", "6.00", "12.0", "4.00", "8.00", "1.50"], Cells(RateReport.Products([product]).Split(Environment.NewLine)[2]));
    }

    [Fact]
    public void Load_NoLibraries_SaysWhatIsNeeded()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("wasmchord-bench-");
        try
        {
            FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => GgmlLibrary.Load([folder.FullName]));
            Assert.Contains("libggml-base", e.Message);
        }
        finally
        {
            folder.Delete();
        }
    }

    private static string[] Cells(string row) => [.. row.Trim('|').Split('|').Select(c => c.Trim())];
}
