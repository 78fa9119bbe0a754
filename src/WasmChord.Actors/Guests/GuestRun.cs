using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// One guest on its way through a thread: compiled, called, ended. It can be stopped at any moment. States: waiting (also
/// while it is compiled) → begun → waiting, when it could not be linked and may be run once more, or ended.
/// </summary>
internal sealed class GuestRun(GuestEngines engines, ReadOnlyMemory<byte> file, GuestOptions options, GuestLimits limits)
{
    private const string DefaultFunction = "run", StartFunction = "_start";

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private Guest? _guest;
    private bool _hasBegun;

    /// <summary>What came of a guest that was stopped before it began.</summary>
    public static GuestResult StoppedBefore { get; } = new(GuestEnd.Stopped, [], "it was told to stop before it began");

    /// <summary>Runs it, on a thread that may block.</summary>
    /// <param name="weights">The model, which is disposed at the end.</param>
    /// <exception cref="GuestModuleException">The module is refused.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform cannot show an image to guests.</exception>
    public GuestResult Run(IGuestWeights weights)
    {
        Guest guest;
        try
        {
            _stopping.Token.ThrowIfCancellationRequested();
            GuestEngine engine = engines.For(limits);
            using GuestModule module = engine.CompileFile(file.Span, limits, cancellation: _stopping.Token);
            guest = new Guest(engine, module, weights, limits);
        }
        catch (OperationCanceledException)
        {
            weights.Dispose();
            return StoppedBefore;
        }
        catch
        {
            weights.Dispose();
            throw;
        }

        using (guest)
        {
            lock (_lock)
            {
                if (_stopping.IsCancellationRequested) return StoppedBefore;
                _guest = guest;
                _hasBegun = true;
            }

            GuestResult? result = null;
            try
            {
                return result = guest.InvokeText(options.Invoke ?? DefaultOf(guest), options.Arguments);
            }
            finally
            {
                lock (_lock)
                {
                    _guest = null;
                    _hasBegun = result?.End != GuestEnd.NotLinked;
                }
            }
        }
    }

    /// <summary>Tells it to stop, from any thread.</summary>
    /// <returns>True when it has not begun, and never will: nobody need wait for its thread.</returns>
    public bool Stop()
    {
        lock (_lock)
        {
            _guest?.Stop();
            _stopping.Cancel();
            return !_hasBegun;
        }
    }

    private static string DefaultOf(Guest guest) =>
        guest.Module.Info.Exports.Any(e => e is { Kind: GuestExternalKind.Function, Name: DefaultFunction }) ? DefaultFunction : StartFunction;
}
