namespace WasmChord.Inference.Tests;

public sealed class KvCacheTests
{
    private static readonly ModelConfig s_config = ModelConfigTests.Read(new TinyModel("llama") { KeyDim = 32, ValueDim = 64 });

    [Theory]
    [InlineData(KvType.F32, 4 * (32 + 64))]
    [InlineData(KvType.F16, 2 * (32 + 64))]
    [InlineData(KvType.Q8_0, 34 + 2 * 34)]
    public void PageBytes_OfAType_HoldAllLayersAndHeads(KvType type, int positionBytes)
    {
        using KvCache cache = new(s_config, type, 32);
        int bytes = 32 * s_config.LayerCount * s_config.KvHeadCount * positionBytes;
        Assert.Equal((bytes + 4095) / 4096 * 4096, cache.PageBytes);
        Assert.Equal(bytes, cache.Layout.PageBytes);
    }

    [Theory]
    [InlineData(KvType.F32)]
    [InlineData(KvType.F16)]
    [InlineData(KvType.Q8_0)]
    public void Layout_OfRows_CoversThePageWithoutOverlap(KvType type)
    {
        using KvCache cache = new(s_config, type, 5);
        byte[] page = new byte[cache.Layout.PageBytes];
        for (int layer = 0; layer < s_config.LayerCount; layer++)
        {
            for (int head = 0; head < s_config.KvHeadCount; head++)
            {
                // The rows of one head are neighbours: five at once are what five single ones are.
                foreach (ref byte b in cache.Layout.Keys(page, layer, head, 0, 5)) b++;
                for (int p = 0; p < 5; p++)
                    foreach (ref byte b in cache.Layout.Values(page, layer, head, p, 1)) b++;
            }
        }

        Assert.All(page, b => Assert.Equal(1, b));
    }

    [Fact]
    public void TryGrow_WithinTheLimit_CountsEveryPage()
    {
        using KvCache cache = new(s_config, KvType.F16, 16);
        cache.LimitBytes = 3 * cache.PageBytes;
        using KvSequence a = cache.CreateSequence(), b = cache.CreateSequence();
        Assert.Equal((0, 0), (a.Capacity, a.Length));
        Assert.True(a.TryGrow(17));
        Assert.Equal((32, 2 * cache.PageBytes, 2 * cache.PageBytes), (a.Capacity, a.HeldBytes, cache.UsedBytes));
        Assert.False(b.TryGrow(17));
        Assert.Equal((0, 2 * cache.PageBytes), (b.Capacity, cache.UsedBytes));
        Assert.True(b.TryGrow(16));
        Assert.Equal(3 * cache.PageBytes, cache.HeldBytes);
        Assert.False(a.TryGrow(33));
        Assert.Equal(32, a.Capacity);
        Assert.True(a.TryGrow(20));
    }

    [Fact]
    public void TryGrow_BeforeALimitIsSet_IsFalse()
    {
        using KvCache cache = new(s_config, KvType.F16);
        using KvSequence sequence = cache.CreateSequence();
        Assert.False(sequence.TryGrow(1));
        Assert.True(sequence.TryGrow(0));
        Assert.Equal(0, cache.HeldBytes);
    }

    [Fact]
    public void LimitBytes_Lowered_ReturnsFreePagesAtOnceAndUsedOnesLater()
    {
        using KvCache cache = new(s_config, KvType.F16, 16) { LimitBytes = long.MaxValue };
        KvSequence a = cache.CreateSequence(), b = cache.CreateSequence();
        Assert.True(a.TryGrow(64));
        Assert.True(b.TryGrow(32));
        b.Dispose();
        Assert.Equal((4 * cache.PageBytes, 6 * cache.PageBytes), (cache.UsedBytes, cache.HeldBytes));
        cache.LimitBytes = 2 * cache.PageBytes;
        Assert.Equal((4 * cache.PageBytes, 4 * cache.PageBytes), (cache.UsedBytes, cache.HeldBytes));
        using KvSequence c = cache.CreateSequence();
        Assert.False(c.TryGrow(1));
        a.Dispose();
        Assert.Equal((0, 2 * cache.PageBytes), (cache.UsedBytes, cache.HeldBytes));
        Assert.True(c.TryGrow(32));
        Assert.False(c.TryGrow(33));
    }

    [Fact]
    public void Dispose_OfTheCache_LeavesPagesToTheirSequences()
    {
        KvCache cache = new(s_config, KvType.F16, 16) { LimitBytes = long.MaxValue };
        KvSequence sequence = cache.CreateSequence();
        Assert.True(sequence.TryGrow(32));
        cache.Dispose();
        Assert.Equal(2 * cache.PageBytes, cache.HeldBytes);
        cache.LimitBytes = long.MaxValue;
        Assert.False(sequence.TryGrow(64));
        sequence.Page(0)[0] = 1;
        sequence.Dispose();
        sequence.Dispose();
        Assert.Equal(0, cache.HeldBytes);
        Assert.Throws<ObjectDisposedException>(() => sequence.TryGrow(1));
    }

    [Fact]
    public void Truncate_OfASequence_KeepsThePagesOfWhatStays()
    {
        using KvCache cache = new(s_config, KvType.F16, 16) { LimitBytes = long.MaxValue };
        using KvSequence sequence = cache.CreateSequence();
        Assert.True(sequence.TryGrow(64));
        sequence.Append(50);
        sequence.Truncate(33);
        Assert.Equal((33, 48), (sequence.Length, sequence.Capacity));
        sequence.Truncate(32);
        Assert.Equal((32, 32), (sequence.Length, sequence.Capacity));
        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.Truncate(33));
        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.Truncate(-1));
        sequence.Truncate(0);
        Assert.Equal(0, cache.UsedBytes);
    }

    [Fact]
    public void Pages_OfManyThreads_AreNeverSharedNorBeyondTheLimit()
    {
        using KvCache cache = new(s_config, KvType.F16, 16);
        cache.LimitBytes = 10 * cache.PageBytes;
        Parallel.For(0, 4, worker =>
        {
            Random random = new(worker);
            for (int i = 0; i < 500; i++)
            {
                using KvSequence sequence = cache.CreateSequence();
                int grown = 0;
                while (grown < 5 && sequence.TryGrow(16 * (grown + 1))) sequence.Page(grown++).Fill((byte)(worker + 1));
                Assert.InRange(cache.HeldBytes, 0, 10 * cache.PageBytes);
                Thread.SpinWait(random.Next(100));
                for (int p = 0; p < grown; p++) Assert.Equal(-1, sequence.Page(p).IndexOfAnyExcept((byte)(worker + 1)));
            }
        });
        Assert.Equal(0, cache.UsedBytes);
    }

    [Fact]
    public void KvCache_OfHeadsThatAreNoWholeBlocks_IsRefused()
    {
        ModelConfig odd = ModelConfigTests.Read(new TinyModel("llama"));
        InferenceException e = Assert.Throws<InferenceException>(() => new KvCache(odd, KvType.Q8_0));
        Assert.Equal(InferenceError.InvalidOption, e.Error);
        Assert.Contains("8", e.Message, StringComparison.Ordinal);
        Assert.Throws<InferenceException>(() => new KvCache(odd, KvType.F32, int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KvCache(odd, KvType.F32, 0));
    }
}
