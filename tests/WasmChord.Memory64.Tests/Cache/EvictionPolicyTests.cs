using WasmChord.Bench.Traces;

namespace WasmChord.Memory64.Tests;

public class EvictionPolicyTests
{
    private const double TwoPoints = 0.02;

    [Theory]
    [InlineData(32, 0)]
    [InlineData(32, 4)]
    [InlineData(64, 8)]
    [InlineData(96, 4)]
    [InlineData(127, 0)]
    public void Scan_DeclaredCycle_IsWithinTwoPointsOfFixedPart(int capacity, int readAhead)
    {
        AccessTrace trace = TraceGenerator.Cyclic(128, 30);
        double bound = (double)(capacity - (readAhead + 1)) / 128;
        Assert.InRange(TraceSimulator.Run(trace, EvictionPolicyKind.Scan, capacity, readAhead, warmup: 5 * 128).HitRatio, bound - TwoPoints, bound + TwoPoints);
        Assert.InRange(TraceSimulator.Run(trace, EvictionPolicyKind.Auto, capacity, readAhead, warmup: 5 * 128).HitRatio, bound - TwoPoints, bound + TwoPoints);
    }

    [Theory]
    [InlineData(32, 0)]
    [InlineData(96, 4)]
    [InlineData(127, 0)]
    public void Lru_CycleLongerThanCache_NeverHits(int capacity, int readAhead) =>
        Assert.Equal(0, TraceSimulator.Run(TraceGenerator.Cyclic(128, 20), EvictionPolicyKind.Lru, capacity, readAhead).HitRatio);

    [Fact]
    public void EveryPolicy_CycleThatFits_AlwaysHits()
    {
        foreach (EvictionPolicyKind kind in Enum.GetValues<EvictionPolicyKind>())
            Assert.Equal(1, TraceSimulator.Run(TraceGenerator.Cyclic(64, 10), kind, 64, warmup: 64).HitRatio);
    }

    [Fact]
    public void Scan_WholeFutureDeclared_EqualsBelady()
    {
        AccessTrace trace = TraceGenerator.Zipf(60, 0.8, 4000, 3);
        var policy = EvictionPolicy.Create(EvictionPolicyKind.Scan, trace.Table);
        policy.DeclareOrder([.. trace.Requests.Select(r => r[0])], cyclic: false);
        var declared = new DeclaredPolicy(policy);
        Assert.Equal(BeladySimulator.Run(trace, 20).HitRatio, TraceSimulator.Run(trace, declared, 20, 0, false, 0).HitRatio, 12);
    }

    [Fact]
    public void NoPolicy_OnBenchmarkTraces_BeatsBelady()
    {
        AccessTrace[] traces = [TraceGenerator.Mixed(100, 6000, 1), TraceGenerator.Zipf(100, 1, 6000, 1), TraceGenerator.Experts(16, 8, 2, 80, 1)];
        foreach (AccessTrace trace in traces)
        {
            double best = BeladySimulator.Run(trace, 40).HitRatio;
            foreach (EvictionPolicyKind kind in Enum.GetValues<EvictionPolicyKind>())
                Assert.True(TraceSimulator.Run(trace, kind, 40).HitRatio <= best, $"{kind} on {trace.Name}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Auto_PhasesAtRandom_IsNeverTwoPointsWorse(int group)
    {
        for (int seed = group * 8; seed < group * 8 + 8; seed++)
        {
            (AccessTrace trace, int capacity) = RandomPhases(seed, 30_000);
            AssertAutoKeepsUp(trace, capacity, declare: false);
        }
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(2_000)]
    [InlineData(5_000)]
    public void Auto_ShortTracesOfManyKinds_IsNeverTwoPointsWorse(int count)
    {
        for (int seed = 0; seed < 108; seed++)
        {
            (AccessTrace trace, int capacity) = RandomKind(seed, count);
            AssertAutoKeepsUp(trace, capacity, declare: false);
        }
    }

    [Fact]
    public void Auto_VeryShortTraces_LosesTwoPointsAndWhatChanceMoves()
    {
        // Of two policies that are equally good, one is ahead by chance: by √(2h(1−h)/n) in its standard deviation, for n
        // uses that each hit with probability h. No policy can know which one will be.
        const int count = 500;
        for (int seed = 0; seed < 180; seed++)
        {
            (AccessTrace trace, int capacity) = RandomKind(seed, count);
            double best = new[] { EvictionPolicyKind.Lru, EvictionPolicyKind.Scan }.Max(k => TraceSimulator.Run(trace, k, capacity).HitRatio);
            double chance = Math.Sqrt(2 * best * (1 - best) / count);
            double auto = TraceSimulator.Run(trace, EvictionPolicyKind.Auto, capacity).HitRatio;
            Assert.True(auto >= best - TwoPoints - chance, $"{trace.Name}, capacity {capacity}: best {best:P1}, auto {auto:P1}, chance {chance:P1}");
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(90)]
    public void Auto_LoopsWalksAndPopularity_IsNeverTwoPointsWorse(int capacity)
    {
        const int n = 100, uses = 30_000;
        IEnumerable<int>[] traces =
        [
            Phases.Cycle(0, n, uses),
            Phases.Backwards(0, n, uses),
            Phases.ShuffledCycle(new Random(1), 0, n, uses),
            Phases.Cycle(3, capacity + 2, uses),
            Phases.Cycle(3, capacity - 2, uses),
            Phases.Uniform(new Random(2), 0, n, uses),
            Phases.Zipf(new Random(3), n, 0.6, uses),
            Phases.Zipf(new Random(3), n, 1.0, uses),
            Phases.Zipf(new Random(3), n, 1.4, uses),
            Phases.Walk(new Random(4), n, 5, uses),
            Phases.Walk(new Random(4), n, 30, uses),
            Enumerable.Range(0, uses).Select(i => i % 2 == 0 ? i / 2 % n : i * 7 % 8 * 12),
            [.. Phases.Cycle(0, n, uses / 3), .. Phases.Zipf(new Random(6), n, 1.2, uses / 3), .. Phases.Cycle(0, n, uses / 3)],
        ];
        for (int i = 0; i < traces.Length; i++) AssertAutoKeepsUp(TraceGenerator.Single($"trace {i}", n, traces[i], n), capacity, declare: false);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(90)]
    public void Auto_AlternatingAgainstIt_IsNeverTwoPointsWorse(int capacity)
    {
        const int n = 100;
        foreach (double length in new[] { 0.3, 0.5, 0.7, 1, 1.5, 2, 5, 10, 20, 40 })
        {
            var random = new Random(7);
            List<int> uses = [];
            for (int at = 0; uses.Count < 30_000; at += (int)(length * capacity))
            {
                uses.AddRange(Phases.Cycle(0, n, n + (int)(length * capacity)).Skip(at % n).Take((int)(length * capacity)));
                uses.AddRange(Phases.Backwards(random.Next(n - capacity + 1), capacity - 1, (int)(length * capacity)));
            }
            AssertAutoKeepsUp(TraceGenerator.Single($"alternating every {length} capacities", n, uses, n), capacity, declare: false);
        }
    }

    [Theory]
    [InlineData(64)]
    [InlineData(96)]
    [InlineData(128)]
    [InlineData(192)]
    public void Auto_Experts_IsNeverTwoPointsWorse(int capacity)
    {
        AccessTrace trace = TraceGenerator.Experts(32, 8, 2, 300, 5);
        AssertAutoKeepsUp(trace, capacity, declare: true);
        AssertAutoKeepsUp(trace, capacity, declare: false);
    }

    [Fact]
    public void Auto_ExpertsBeyondOnePass_KeepsSomeOfEveryLayer()
    {
        AccessTrace trace = TraceGenerator.Experts(32, 8, 2, 200, 5);
        double scan = TraceSimulator.Run(trace, EvictionPolicyKind.Scan, 64, warmup: 640).HitRatio;
        Assert.True(TraceSimulator.Run(trace, EvictionPolicyKind.Auto, 64, warmup: 640).HitRatio > scan + 0.1);
    }

    [Fact]
    public void Create_UnknownKind_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EvictionPolicy.Create((EvictionPolicyKind)9, CacheBench.Plain(1)));

    private static void AssertAutoKeepsUp(AccessTrace trace, int capacity, bool declare)
    {
        double lru = TraceSimulator.Run(trace, EvictionPolicyKind.Lru, capacity, declare: declare).HitRatio;
        double scan = TraceSimulator.Run(trace, EvictionPolicyKind.Scan, capacity, declare: declare).HitRatio;
        double auto = TraceSimulator.Run(trace, EvictionPolicyKind.Auto, capacity, declare: declare).HitRatio;
        Assert.True(auto >= Math.Max(lru, scan) - TwoPoints, $"{trace.Name}, capacity {capacity}: lru {lru:P1}, scan {scan:P1}, auto {auto:P1}");
    }

    /// <summary>A trace of one kind, by the seed: loops, walks, popularity, chance, and mixtures and phases of them.</summary>
    private static (AccessTrace Trace, int Capacity) RandomKind(int seed, int count)
    {
        var r = new Random(seed * 7919 + count);
        int n = 20 + r.Next(120), capacity = Math.Max(4, (int)(n * (0.1 + 0.85 * r.NextDouble())));
        int size = Math.Min(n, Math.Max(2, (int)(capacity * (0.5 + r.NextDouble())))), first = r.Next(n - size + 1);
        if (seed % 9 == 8)
        {
            (AccessTrace phases, capacity) = RandomPhases(seed, count);
            return (phases, capacity);
        }

        IEnumerable<int> uses = (seed % 9) switch
        {
            0 => Phases.Uniform(r, 0, n, count),
            1 => Phases.Zipf(r, n, 0.5 + r.NextDouble(), count),
            2 => Phases.Cycle(first, size, count),
            3 => Phases.Walk(r, n, 1 + r.Next(20), count),
            4 => Phases.ShuffledCycle(r, first, size, count),
            5 => Phases.Cycle(0, n, count),
            6 => Enumerable.Range(0, count).SelectMany(_ => Phases.Zipf(r, n, 1.1, 2 * n).Concat(Phases.Cycle(0, n, n))),
            _ => Phases.Backwards(first, size, count),
        };
        return (TraceGenerator.Single($"kind {seed % 9}, seed {seed}, {count} uses", n, uses.Take(count), n), capacity);
    }

    /// <summary>A few kinds of phases, strung together in random lengths around a random multiple of the capacity.</summary>
    private static (AccessTrace Trace, int Capacity) RandomPhases(int seed, int count)
    {
        var r = new Random(seed);
        int n = 40 + r.Next(80), capacity = Math.Max(4, (int)(n * (0.1 + 0.85 * r.NextDouble())));
        int scale = 1 << r.Next(9), kinds = 2 + r.Next(3), popularity = r.Next(1000);
        int[] kind = Phases.Shuffled(r, 8);
        List<int> uses = [];
        while (uses.Count < count)
        {
            int length = Math.Max(1, (int)(capacity * scale * (0.1 + r.NextDouble()) / 4));
            int size = Math.Min(n, Math.Max(2, (int)(capacity * (0.5 + r.NextDouble())))), first = r.Next(n - size + 1);
            uses.AddRange(kind[r.Next(kinds)] switch
            {
                0 => Phases.Cycle(0, n, length),
                1 => Phases.Backwards(first, size, length),
                2 => Phases.Cycle(first, size, length),
                3 => Phases.Zipf(new Random(popularity), n, 0.6 + r.NextDouble(), length),
                4 => Phases.Uniform(r, first, size, length),
                5 => Phases.Walk(r, n, 1 + r.Next(20), length),
                6 => Phases.ShuffledCycle(new Random(popularity), first, size, length),
                _ => Phases.Zipf(r, n, 1.2, length),
            });
        }
        return (TraceGenerator.Single($"seed {seed}", n, uses.Take(count), n), capacity);
    }

    /// <summary>A policy whose order was declared before the simulator took it; every use follows it.</summary>
    private sealed class DeclaredPolicy(IEvictionPolicy inner) : IEvictionPolicy
    {
        public EvictionPolicyKind Kind => inner.Kind;

        public void SetCapacity(long capacityBytes) => inner.SetCapacity(capacityBytes);

        public void Use(ReadOnlySpan<SegmentId> segments, bool follows) => inner.Use(segments, true);

        public void AddCandidate(SegmentId segment) => inner.AddCandidate(segment);

        public void RemoveCandidate(SegmentId segment) => inner.RemoveCandidate(segment);

        public bool TryChooseVictim(out SegmentId victim) => inner.TryChooseVictim(out victim);

        public bool TryChooseVictimFor(SegmentId incoming, out SegmentId victim) => inner.TryChooseVictimFor(incoming, out victim);

        public void DeclareOrder(ReadOnlySpan<SegmentId> order, bool cyclic) => inner.DeclareOrder(order, cyclic);

        public void EndOrder() => inner.EndOrder();
    }
}
