using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using WasmChord.Gguf;
using WasmChord.Memory64;
using static WasmChord.Actors.LayerCacheProtocol;

namespace WasmChord.Actors;

/// <summary>
/// An open model, for code outside actors; actors send the protocols' messages to <see cref="Actor"/> themselves. The
/// model stays open until it is closed or the actor system ends.
/// </summary>
public sealed class StreamedModel : IAsyncDisposable
{
    // An acquire is always answered by its own deadline; this is for a system that ends meanwhile.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    // About what a timer can wait, less the grace.
    private static readonly TimeSpan s_longestTimeout = TimeSpan.FromDays(24);

    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromMinutes(1);

    private readonly IMaterializer _materializer;

    internal StreamedModel(IActorRef actor, ModelDescription description, IMaterializer materializer)
    {
        Actor = actor;
        _materializer = materializer;
        Description = description;
    }

    /// <summary>The model's actor.</summary>
    public IActorRef Actor { get; }

    /// <summary>What was opened, and how.</summary>
    public ModelDescription Description { get; }

    /// <summary>Leases a layer. Dispose the lease soon: its memory cannot be used for anything else.</summary>
    /// <exception cref="LayerRefusedException">Refused; the reason says why.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while it waited.</exception>
    public Task<LayerLease> AcquireLayerAsync(LayerId layer, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        AcquireAsync(new AcquireLayer(layer) { Timeout = timeout, Cancellation = cancellationToken });

    /// <summary>Leases what a request names.</summary>
    /// <exception cref="LayerRefusedException">Refused; the reason says why.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while it waited.</exception>
    public async Task<LayerLease> AcquireAsync(Acquire request)
    {
        ArgumentNullException.ThrowIfNull(request);
        TimeSpan timeout = request.Timeout ?? Description.AcquireTimeout;
        if (timeout > s_longestTimeout) timeout = s_longestTimeout;
        request = request with { Timeout = timeout };
        return await Actor.Ask<object>(request, timeout + s_grace).ConfigureAwait(false) switch
        {
            LayerLeased leased => leased.Lease,
            LayerRefused { Reason: RefusalReason.Cancelled } => throw new OperationCanceledException(request.Cancellation),
            LayerRefused refused => throw new LayerRefusedException(refused.Reason, refused.Text),
            object other => throw new InvalidOperationException($"unexpected answer {other}"),
        };
    }

    /// <summary>
    /// A source of a function's results, one a layer, in the order given: each layer is leased, handed to the function on
    /// the use dispatcher, and returned before the next is asked for. The lease never leaves the source.
    /// </summary>
    /// <param name="layers">Which layers, in which order.</param>
    /// <param name="function">Reads the layer; the reader is closed when it returns. A throw fails the stream.</param>
    /// <typeparam name="T">What it makes of a layer.</typeparam>
    public Source<T, NotUsed> UseLayers<T>(IReadOnlyList<LayerId> layers, LayerFunction<T> function) =>
        Source.FromGraph(new LayerSource<T>(Actor, [.. layers.Select(l => new AcquireLayer(l))], layers, function, Description.UseTimeout));

    /// <summary>The same, segment by segment: the way through layers that exceed the budget.</summary>
    /// <param name="layers">Which layers, in which order.</param>
    /// <param name="function">Reads one segment.</param>
    /// <typeparam name="T">What it makes of a segment.</typeparam>
    public Source<T, NotUsed> UseSegments<T>(IReadOnlyList<LayerId> layers, LayerFunction<T> function)
    {
        List<Acquire> requests = [];
        List<LayerId> layerOf = [];
        foreach (LayerId layer in layers)
        {
            foreach (Segment segment in Description.Layout.Segments.Of(layer))
            {
                requests.Add(new AcquireSegments([segment.Id]));
                layerOf.Add(layer);
            }
        }

        return Source.FromGraph(new LayerSource<T>(Actor, requests, layerOf, function, Description.UseTimeout));
    }

    /// <summary>
    /// A source of the tokens of a text, as they are generated; the request is made when the source is run. A slow reader
    /// slows its own text only: when <see cref="GenerationOptions.OutputWindow"/> tokens wait (else the setting
    /// <c>output-window</c>), the sequence pauses. Cancelling the stream cancels the request.
    /// </summary>
    /// <param name="prompt">What to continue.</param>
    /// <param name="options">How; null for greedy, with the settings' bounds.</param>
    /// <returns>
    /// The source, which fails with <see cref="GenerationRefusedException"/> or <see cref="GenerationFailedException"/>,
    /// and a task with the last word when the reader has taken everything.
    /// </returns>
    public Source<GeneratedToken, Task<GenerationProtocol.GenerationCompleted>> Generate(GenerationPrompt prompt, GenerationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Source.FromGraph(new GenerationSource(Actor, prompt, options ?? GenerationOptions.Default, Description.OutputWindow));
    }

    /// <summary>Generates a text and waits for all of it. One that is cancelled or too late is returned as far as it got.</summary>
    /// <param name="prompt">What to continue.</param>
    /// <param name="options">How; null for greedy, with the settings' bounds.</param>
    /// <exception cref="GenerationRefusedException">Refused; the reason says why.</exception>
    /// <exception cref="GenerationFailedException">A fault ended it.</exception>
    public async Task<GenerationResult> GenerateAsync(GenerationPrompt prompt, GenerationOptions? options = null)
    {
        (Task<GenerationProtocol.GenerationCompleted> completion, Task<List<GeneratedToken>> tokens) = Generate(prompt, options)
            .ToMaterialized(Sink.Aggregate(new List<GeneratedToken>(), (List<GeneratedToken> list, GeneratedToken token) =>
            {
                list.Add(token);
                return list;
            }), Keep.Both)
            .Run(_materializer);
        List<GeneratedToken> all = await tokens.ConfigureAwait(false);
        GenerationProtocol.GenerationCompleted completed = await completion.ConfigureAwait(false);
        return new GenerationResult(string.Concat(all.Select(t => t.Text)) + completed.TrailingText, [.. all.Select(t => t.Token)], completed);
    }

    /// <summary>Runs a guest on this model's weights and waits for its end.</summary>
    /// <param name="module">Its WebAssembly binary or text.</param>
    /// <param name="options">What to call, within which limits; null for the settings' limits.</param>
    /// <returns>How it ended, and what came of it: a guest that traps or runs out of time is a result, not an exception.</returns>
    /// <exception cref="GuestRefusedException">It was not run; the reason says why.</exception>
    public async Task<GuestResult> RunGuestAsync(ReadOnlyMemory<byte> module, GuestOptions? options = null)
    {
        // The guest's own time limit ends it.
        GuestProtocol.RunGuest request = new(GuestId.New(), module, options ?? GuestOptions.Default);
        return await Actor.Ask<object>(request, Timeout.InfiniteTimeSpan).ConfigureAwait(false) switch
        {
            GuestProtocol.GuestEnded ended => ended.Result,
            GuestProtocol.GuestRefused refused => throw new GuestRefusedException(refused.Reason, refused.Text),
            object other => throw new InvalidOperationException($"unexpected answer {other}"),
        };
    }

    /// <summary>What guests have done on this model.</summary>
    public Task<GuestProtocol.GuestStatistics> GetGuestStatisticsAsync() =>
        Actor.Ask<GuestProtocol.GuestStatistics>(new GuestProtocol.GetGuestStatistics(), s_grace);

    /// <summary>What the scheduler of generations has done, and holds.</summary>
    public Task<GenerationStatistics> GetGenerationStatisticsAsync() =>
        Actor.Ask<GenerationStatistics>(new GenerationProtocol.GetGenerationStatistics(), s_grace);

    /// <summary>The cache's counters.</summary>
    public Task<Statistics> GetStatisticsAsync() => Actor.Ask<Statistics>(new GetStatistics(), s_grace);

    /// <summary>What the region holds.</summary>
    public Task<RegionProtocol.RegionStatus> GetRegionStatusAsync() =>
        Actor.Ask<RegionProtocol.RegionStatus>(new RegionProtocol.GetStatus(), s_grace);

    /// <summary>How the budget is divided.</summary>
    public Task<MemoryStatus> GetMemoryAsync() => Actor.Ask<MemoryStatus>(new ModelProtocol.GetMemory(), s_grace);

    /// <summary>Announces what will be asked for next; a hint.</summary>
    public void Prefetch(params IReadOnlyList<LayerId> layers) => Actor.Tell(new Prefetch(layers));

    /// <summary>Changes the budget.</summary>
    /// <returns>The new budget in bytes.</returns>
    /// <exception cref="ModelRefusedException">The budget stays as it was; the message holds the numbers.</exception>
    public async Task<long> ResizeBudgetAsync(BudgetSpec budget) =>
        await Actor.Ask<object>(new ModelProtocol.ResizeBudget(budget), s_grace).ConfigureAwait(false) switch
        {
            ModelProtocol.BudgetResized resized => resized.Bytes,
            ModelProtocol.BudgetRefused refused => throw new ModelRefusedException(ModelRefusal.BudgetTooSmall, refused.Text),
            object other => throw new InvalidOperationException($"unexpected answer {other}"),
        };

    /// <summary>Closes the model: open requests are refused, leases taken back, memory and files freed.</summary>
    public async ValueTask DisposeAsync() =>
        await Actor.Ask<ModelProtocol.ModelClosed>(new ModelProtocol.CloseModel(), s_closeTimeout).ConfigureAwait(false);
}
