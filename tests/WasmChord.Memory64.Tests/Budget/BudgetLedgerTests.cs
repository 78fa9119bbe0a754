namespace WasmChord.Memory64.Tests;

public sealed class BudgetLedgerTests
{
    [Fact]
    public void TryReserve_UpToTheTotal_IsGrantedAndThenRefusedWithNumbers()
    {
        BudgetLedger ledger = new(100);
        Assert.True(ledger.TryReserve("weights", 70).IsGranted);
        BudgetDecision granted = ledger.TryReserve("cache", 30);
        Assert.Equal("granted 30 bytes to cache, 0 of 100 left", granted.ToString());
        BudgetDecision refused = ledger.TryReserve("guest", 1);
        Assert.Equal(new BudgetDecision(false, "guest", 1, 0, 100), refused);
        Assert.Equal("refused 1 bytes to guest: 0 of 100 are free", refused.ToString());
        Assert.Equal((100, 0, 100), (ledger.ReservedBytes, ledger.AvailableBytes, ledger.TotalBytes));
        Assert.Equal(new Dictionary<string, long> { ["weights"] = 70, ["cache"] = 30 }, ledger.Snapshot());
    }

    [Fact]
    public void TryReserve_HugeRequest_IsRefusedWithoutOverflow()
    {
        BudgetLedger ledger = new(100);
        ledger.TryReserve("a", 60);
        Assert.False(ledger.TryReserve("b", long.MaxValue).IsGranted);
        Assert.Equal(60, ledger.ReservedBytes);
    }

    [Fact]
    public void Release_MoreThanHeld_ThrowsAndChangesNothing()
    {
        BudgetLedger ledger = new(100);
        ledger.TryReserve("a", 60);
        Assert.Contains("holds 60", Assert.Throws<InvalidOperationException>(() => ledger.Release("a", 61)).Message);
        Assert.Throws<InvalidOperationException>(() => ledger.Release("b", 1));
        ledger.Release("a", 20);
        Assert.Equal((40, 40, 60), (ledger.ReservedBytes, ledger.BytesOf("a"), ledger.PeakBytes));
        Assert.Equal(40, ledger.ReleaseAll("a"));
        Assert.Equal(0, ledger.ReleaseAll("a"));
        Assert.Empty(ledger.Snapshot());
        Assert.Equal(0, ledger.ReservedBytes);
    }

    [Fact]
    public void TryResize_Account_SetsWhatItHoldsWhereItFits()
    {
        BudgetLedger ledger = new(100);
        Assert.True(ledger.TryResize("a", 80).IsGranted);
        Assert.True(ledger.TryReserve("b", 10).IsGranted);
        BudgetDecision refused = ledger.TryResize("a", 91);
        Assert.Equal((false, 11L, 10L), (refused.IsGranted, refused.RequestedBytes, refused.AvailableBytes));
        Assert.Equal(80, ledger.BytesOf("a"));
        Assert.True(ledger.TryResize("a", 90).IsGranted);
        Assert.True(ledger.TryResize("a", 0).IsGranted);
        Assert.Equal((10, 100), (ledger.ReservedBytes, ledger.PeakBytes));
    }

    [Fact]
    public void Arguments_Negative_AreRefused()
    {
        BudgetLedger ledger = new(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BudgetLedger(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ledger.TryReserve("a", -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ledger.TryResize("a", -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ledger.Release("a", -1));
    }

    [Fact]
    public void Ledger_ManyThreads_NeverExceedsItsTotalAndEndsEmpty()
    {
        const int Total = 1000;
        BudgetLedger ledger = new(Total);
        long worst = 0;
        Thread[] threads = new Thread[6];
        for (int t = 0; t < threads.Length; t++)
        {
            string account = $"account {t / 2}";
            int seed = t;
            threads[t] = new Thread(() =>
            {
                Random random = new(seed);
                for (int i = 0; i < 5000; i++)
                {
                    int bytes = random.Next(1, 600);
                    if (!ledger.TryReserve(account, bytes).IsGranted) continue;
                    long sum = ledger.Snapshot().Values.Sum();
                    for (long w; sum > (w = Volatile.Read(ref worst));) Interlocked.CompareExchange(ref worst, sum, w);
                    ledger.Release(account, bytes);
                }
            });
        }
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.InRange(worst, 1, Total);
        Assert.InRange(ledger.PeakBytes, worst, Total);
        Assert.Equal(0, ledger.ReservedBytes);
        Assert.Empty(ledger.Snapshot());
    }

    [Fact]
    public void SetTotal_BelowWhatIsReserved_GrantsNothingUntilEnoughIsBack()
    {
        BudgetLedger ledger = new(1000);
        Assert.True(ledger.TryReserve("a", 600).IsGranted);
        ledger.SetTotal(400);
        Assert.Equal(-200, ledger.AvailableBytes);
        Assert.False(ledger.TryReserve("b", 1).IsGranted);
        Assert.True(ledger.TryResize("a", 500).IsGranted);
        Assert.False(ledger.TryReserve("b", 1).IsGranted);
        Assert.True(ledger.TryResize("a", 399).IsGranted);
        Assert.True(ledger.TryReserve("b", 1).IsGranted);
        Assert.Equal((400, 400), (ledger.TotalBytes, ledger.ReservedBytes));
    }
}
