using System.Diagnostics;
using Akka.Actor;
using WasmChord.Actors;
using WasmChord.Memory64;

namespace WasmChord.Bench.Soak;

/// <summary>
/// A load that changes: the number of users from phase to phase, and every fourth phase the budget, to three quarters and
/// back. Memory is sampled all the while.
/// </summary>
internal static class SoakRun
{
    /// <summary>Runs the plan.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="log">Where each phase is told.</param>
    /// <param name="cancellationToken">Ends it early, with what there is.</param>
    public static async Task<SoakReport> RunAsync(SoakPlan plan, TextWriter log, CancellationToken cancellationToken)
    {
        using ActorSystem system = ActorSystem.Create("soak", "akka.loglevel = WARNING");
        await using StreamedModel model = await WasmChordExtension.Get(system).OpenModelAsync(plan.Model, new ModelOptions { Budget = plan.Budget, ResidentThresholdBytes = 0 }, cancellationToken);
        SoakCounts counts = new();
        List<SoakSample> samples = [];
        Random random = new(plan.Seed);
        long whole = model.Description.BudgetBytes, budget = whole, start = Stopwatch.GetTimestamp();
        int collections = GC.CollectionCount(2);
        for (int phase = 0; Elapsed() < plan.Duration && !cancellationToken.IsCancellationRequested; phase++)
        {
            // The same cycle over and over, so that one part of the run can be compared with another.
            int users = 1 + phase * 5 % plan.MostUsers;
            bool smaller = phase % 4 == 3;
            if (smaller) budget = await model.ResizeBudgetAsync(BudgetSpec.Bytes(whole / 4 * 3));
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task[] working = [.. Enumerable.Range(0, users).Select(_ => new SoakUser(model, counts, plan.MostTokens, random.Next()).RunAsync(end.Token))];
            for (TimeSpan until = Elapsed() + plan.Phase; Elapsed() < until && Elapsed() < plan.Duration && !cancellationToken.IsCancellationRequested;)
            {
                await Task.Delay(plan.SampleEvery, CancellationToken.None);
                samples.Add(new(Elapsed().TotalSeconds, users, ProcessMemory.Sample().PrivateBytes, GC.GetGCMemoryInfo().HeapSizeBytes, budget));
            }

            await end.CancelAsync();
            await Task.WhenAll(working);
            if (smaller) budget = await model.ResizeBudgetAsync(BudgetSpec.Bytes(whole));
            log.WriteLine($"{Elapsed().TotalSeconds,6:F0} s: {users,2} users, {samples[^1].PrivateBytes / 1048576.0:F0} MiB, {counts.Completed} texts, {counts.Tokens} tokens");
        }

        return new SoakReport(samples, counts, await LeftAsync(model), GC.CollectionCount(2) - collections);

        TimeSpan Elapsed() => Stopwatch.GetElapsedTime(start);
    }

    // What is still held once nobody asks for anything; idle conversations may keep their pages until they are forgotten.
    private static async Task<string> LeftAsync(StreamedModel model)
    {
        CacheStatistics cache = (await model.GetStatisticsAsync()).Cache;
        GenerationStatistics generation = await model.GetGenerationStatisticsAsync();
        for (int i = 0; i < 100 && (cache.Leases > 0 || cache.LoadsInFlight > 0 || generation.ActiveSequences > 0); i++)
        {
            await Task.Delay(50);
            cache = (await model.GetStatisticsAsync()).Cache;
            generation = await model.GetGenerationStatisticsAsync();
        }

        List<string> left = [];
        if (cache.Leases > 0) left.Add($"{cache.Leases} leases");
        if (cache.WaitingRequests > 0) left.Add($"{cache.WaitingRequests} waiting for layers");
        if (cache.LoadsInFlight > 0) left.Add($"{cache.LoadsInFlight} loads");
        if (generation.ActiveSequences > 0) left.Add($"{generation.ActiveSequences} sequences");
        if (generation.QueuedRequests > 0) left.Add($"{generation.QueuedRequests} queued");
        return string.Join(", ", left);
    }
}
