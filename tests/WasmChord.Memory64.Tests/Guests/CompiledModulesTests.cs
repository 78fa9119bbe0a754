using System.Text;
using Wasmtime;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>Who compiles when. No thread here compiles by itself: a test says when a compilation is done.</summary>
public sealed class CompiledModulesTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly GuestModuleInfo s_info = GuestModuleReader.Read(GuestEngine.BinaryOf("(module)"u8), new GuestModuleLimits());

    [Fact]
    public async Task Await_OneModuleByMany_IsCompiledByOneForAll()
    {
        CompiledModules modules = new(8, long.MaxValue, 1);
        Assert.Null(modules.Await("a", false, default, out CompiledModules.Compilation? turn));
        Asker[] others = [.. Enumerable.Range(0, 3).Select(_ => new Asker(modules, "a"))];
        foreach (Asker other in others) other.AssertWaits();
        using GuestModule own = modules.Finish(turn!, Compiled("a"), null);
        foreach (Asker other in others)
        {
            using GuestModule? got = await other.Answer;
            Assert.Same(own.Compiled, got?.Compiled);
        }

        Assert.Equal((1, 3), (modules.Count, modules.Hits));
        using GuestModule? later = modules.Await("a", false, default, out _);
        Assert.Same(own.Compiled, later?.Compiled);
    }

    [Fact]
    public async Task Await_OthersThanMayBeCompiledAtATime_WaitTheirTurnInOrder()
    {
        CompiledModules modules = new(8, long.MaxValue, 2);
        Assert.Null(modules.Await("a", false, default, out CompiledModules.Compilation? a));
        Assert.Null(modules.Await("b", false, default, out CompiledModules.Compilation? b));
        Asker c = new(modules, "c");
        c.AssertWaits();
        Asker d = new(modules, "d");
        d.AssertWaits();
        modules.Finish(b!, Compiled("b"), null).Dispose();
        Assert.Null(await c.Answer);
        d.AssertWaits();
        modules.Finish(a!, Compiled("a"), null).Dispose();
        Assert.Null(await d.Answer);
        modules.Finish(d.Turn!, Compiled("d"), null).Dispose();
        modules.Finish(c.Turn!, Compiled("c"), null).Dispose();
        Assert.Equal((4, 0), (modules.Count, modules.Hits));
    }

    [Fact]
    public async Task Await_OneThatGoesFirst_OvertakesThoseThatWait()
    {
        CompiledModules modules = new(8, long.MaxValue, 1);
        Assert.Null(modules.Await("a", false, default, out CompiledModules.Compilation? a));
        Asker b = new(modules, "b"), c = new(modules, "c");
        b.AssertWaits();
        c.AssertWaits();
        Asker first = new(modules, "d", goesFirst: true), joined = new(modules, "c", goesFirst: true);
        first.AssertWaits();
        joined.AssertWaits();
        modules.Finish(a!, Compiled("a"), null).Dispose();
        Assert.Null(await first.Answer);
        modules.Finish(first.Turn!, Compiled("d"), null).Dispose();
        // One that waited already goes first when somebody who does joins it; either of the two compiles it.
        Task<GuestModule?> ofC = c.Answer;
        Asker turn = await Task.WhenAny(ofC, joined.Answer) == ofC ? c : joined;
        Assert.Null(await turn.Answer);
        b.AssertWaits();
        modules.Finish(turn.Turn!, Compiled("c"), null).Dispose();
        using GuestModule? got = await (turn == c ? joined : c).Answer;
        Assert.NotNull(got);
        Assert.Null(await b.Answer);
    }

    [Fact]
    public async Task Await_Stopped_LeavesAtOnceAndTheOthersGoOn()
    {
        CompiledModules modules = new(8, long.MaxValue, 1);
        Assert.Null(modules.Await("a", false, default, out CompiledModules.Compilation? a));
        Asker sameAsRunning = new(modules, "a"), alone = new(modules, "b"), together = new(modules, "c"), stays = new(modules, "c"), last = new(modules, "d");
        foreach (Asker asker in new[] { sameAsRunning, alone, together, stays, last }) asker.AssertWaits();
        foreach (Asker asker in new[] { sameAsRunning, alone, together })
        {
            asker.Stop();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asker.Answer);
        }

        stays.AssertWaits();
        using GuestModule own = modules.Finish(a!, Compiled("a"), null);
        Assert.Equal(0, modules.Hits);
        Assert.Null(await stays.Answer);
        last.AssertWaits();
        modules.Finish(stays.Turn!, Compiled("c"), null).Dispose();
        Assert.Null(await last.Answer);
        modules.Finish(last.Turn!, Compiled("d"), null).Dispose();
        Assert.ThrowsAny<OperationCanceledException>(() => modules.Await("b", false, new CancellationToken(canceled: true), out _));
        // Nobody waits for it any more, so it can be begun anew.
        Assert.Null(modules.Await("b", false, default, out CompiledModules.Compilation? b));
        modules.Finish(b!, Compiled("b"), null).Dispose();
    }

    [Fact]
    public async Task Finish_Failure_IsTheAnswerToAllAndTheNextMayTry()
    {
        CompiledModules modules = new(8, long.MaxValue, 1);
        Assert.Null(modules.Await("a", false, default, out CompiledModules.Compilation? turn));
        Asker other = new(modules, "a");
        other.AssertWaits();
        GuestModuleException failure = new(GuestModuleError.Malformed, "scripted");
        Assert.Throws<GuestModuleException>(() => modules.Finish(turn!, null, failure));
        Assert.Equal("scripted", (await Assert.ThrowsAsync<GuestModuleException>(() => other.Answer)).Message);
        Assert.Equal((0, 0), (modules.Count, modules.Hits));
        Assert.Null(modules.Await("a", false, default, out turn));
        modules.Finish(turn!, Compiled("a"), null).Dispose();
    }

    [Fact]
    public async Task Finish_ModuleThatIsNotKept_IsThereForAllWhoWaited()
    {
        CompiledModules modules = new(8, 0, 1);
        Assert.Null(modules.Await("a", false, default, out CompiledModules.Compilation? turn));
        Asker other = new(modules, "a");
        other.AssertWaits();
        GuestModule own = modules.Finish(turn!, Compiled("a"), null);
        own.Dispose();
        GuestModule got = (await other.Answer)!;
        Assert.False(got.IsFreed);
        got.Dispose();
        Assert.True(got.IsFreed);
        Assert.Equal(0, modules.ByteLength);
    }

    [Fact]
    public async Task Close_EndsThoseWhoWaitAndKeepsNothingThatComesLater()
    {
        CompiledModules modules = new(8, long.MaxValue, 1);
        Assert.Null(modules.Await("a", false, default, out CompiledModules.Compilation? turn));
        Asker other = new(modules, "b");
        other.AssertWaits();
        modules.Close();
        modules.Clear();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => other.Answer);
        Assert.Throws<ObjectDisposedException>(() => modules.Await("a", false, default, out _));
        GuestModule late = modules.Finish(turn!, Compiled("a"), null);
        late.Dispose();
        Assert.True(late.IsFreed);
        Assert.Equal(0, modules.ByteLength);
    }

    private static CompiledModule Compiled(string hash) =>
        new(Module.FromBytes(CallingGuest.Plain.Weights.Engine, hash, GuestEngine.BinaryOf(Encoding.UTF8.GetBytes("(module)"))), s_info, hash);

    /// <summary>A thread that asks for a module.</summary>
    private sealed class Asker
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly TaskCompletionSource<GuestModule?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Thread _thread;

        public Asker(CompiledModules modules, string hash, bool goesFirst = false)
        {
            _thread = new Thread(() =>
            {
                try
                {
                    GuestModule? module = modules.Await(hash, goesFirst, _stop.Token, out CompiledModules.Compilation? turn);
                    Turn = turn;
                    _answer.SetResult(module);
                }
                catch (Exception e)
                {
                    _answer.SetException(e);
                }
            })
            {
                IsBackground = true,
            };
            _thread.Start();
        }

        public Task<GuestModule?> Answer => _answer.Task.WaitAsync(s_patience);

        public CompiledModules.Compilation? Turn { get; private set; }

        public void Stop() => _stop.Cancel();

        /// <summary>It sleeps in its wait, and has no answer.</summary>
        public void AssertWaits()
        {
            Assert.True(SpinWait.SpinUntil(() => _answer.Task.IsCompleted || _thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), s_patience));
            Assert.False(_answer.Task.IsCompleted);
        }
    }
}
