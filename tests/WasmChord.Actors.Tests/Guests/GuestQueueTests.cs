using Akka.Actor;
using Akka.TestKit;
using WasmChord.Memory64;
using static WasmChord.Actors.GuestProtocol;

namespace WasmChord.Actors.Tests;

/// <summary>Guests that wait for a thread while others have all of them.</summary>
public sealed class GuestQueueTests() : EngineTestKit("wasmchord { guest-dispatcher.thread-count = 2, guests { max-guests = 20, wall-time = 60s } }")
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Stop_WhileAllThreadsAreTaken_IsAnsweredAtOnce()
    {
        await using StreamedModel model = await OpenAsync("9layers");
        Task<GuestResult>[] holding = await HoldAsync(model, 2);
        GuestId id = GuestId.New();
        model.Actor.Tell(new RunGuest(id, GuestTexts.Sum, GuestOptions.Default), TestActor);
        model.Actor.Tell(new StopGuest(id), TestActor);
        GuestEnded stopped = await ExpectMsgAsync<GuestEnded>(s_patience);
        Assert.Equal((id, GuestEnd.Stopped), (stopped.Id, stopped.Result.End));

        using CancellationTokenSource cancellation = new();
        Task<GuestResult> cancelled = model.RunGuestAsync(GuestTexts.Sum, new GuestOptions { Cancellation = cancellation.Token });
        Assert.Equal(3, (await model.GetGuestStatisticsAsync()).Running);
        cancellation.Cancel();
        Assert.Equal(GuestEnd.Stopped, (await cancelled.WaitAsync(s_patience)).End);

        TestProbe requester = CreateTestProbe();
        for (int i = 0; i < 5; i++) model.Actor.Tell(new RunGuest(GuestId.New(), GuestTexts.Sum, GuestOptions.Default), requester);
        Assert.Equal(7, (await model.GetGuestStatisticsAsync()).Running);
        Sys.Stop(requester);
        GuestStatistics guests = await WhenAsync(model, g => g.Running == 2);
        Assert.Equal((2, 7), (guests.Running, guests.Ended[GuestEnd.Stopped]));
        Assert.DoesNotContain(holding, h => h.IsCompleted);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Region_RestartsWhileAGuestIsQueued_TheGuestSeesTheNewOne()
    {
        await using StreamedModel model = await OpenAsync("9layers");
        await HoldAsync(model, 2);
        Task<GuestResult> queued = model.RunGuestAsync(GuestTexts.Sum);
        Assert.Equal(3, (await model.GetGuestStatisticsAsync()).Running);
        Sys.ActorSelection(model.Actor.Path / "region").Tell(Kill.Instance); // ends those that hold layers
        GuestResult result = await queued.WaitAsync(s_patience);
        Assert.Equal((GuestEnd.Returned, ""), (result.End, result.Text));
        Assert.Equal(GuestTexts.Expected(model, Model.Bytes), result.Values.Single().AsInt64());
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public void Line_WhoeverLeavesIt_LeavesNothingBehind()
    {
        Assert.NotNull(Extension);
        GuestLine line = new(Sys.Dispatchers.Lookup(WasmChordSettings.ProcessorDispatcherPath));
        using ManualResetEventSlim goOn = new(), done = new();
        List<int> order = [];
        using CountdownEvent begun = new(2);
        for (int i = 0; i < 2; i++)
        {
            line.Join(() =>
            {
                begun.Signal();
                goOn.Wait(s_patience);
            });
        }

        Assert.True(begun.Wait(s_patience));
        for (int i = 0; i < 1_000; i++)
        {
            LinkedListNode<Action> place = line.Join(() => order.Add(-1));
            Assert.True(line.TryLeave(place));
            Assert.False(line.TryLeave(place));
        }

        Assert.InRange(line.Calls, 0, 1);
        line.Join(() =>
        {
            order.Add(1);
            done.Set();
        });
        goOn.Set();
        Assert.True(done.Wait(s_patience));
        Assert.Equal([1], order);
    }

    private static async Task<Task<GuestResult>[]> HoldAsync(StreamedModel model, int count)
    {
        Task<GuestResult>[] holding = [.. Enumerable.Range(0, count).Select(i => model.RunGuestAsync(GuestTexts.Calls, GuestTexts.Call("hold", $"{i}")))];
        Assert.Equal(count, (await StatisticsWhenAsync(model, c => c.Leases == count)).Leases);
        return holding;
    }

    private static async Task<GuestStatistics> WhenAsync(StreamedModel model, Func<GuestStatistics, bool> condition)
    {
        for (int i = 0; ; i++)
        {
            GuestStatistics statistics = await model.GetGuestStatisticsAsync();
            if (condition(statistics) || i == 500) return statistics;
            await Task.Delay(10);
        }
    }
}
