using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>One guest on its way through a thread: compiled, run, ended. It can be stopped at any moment, also before it began.</summary>
internal sealed class GuestRun(GuestEngines engines, ReadOnlyMemory<byte> file, GuestOptions options, GuestLimits limits)
{
    private const string DefaultFunction = "run", StartFunction = "_start";

    private readonly Lock _lock = new();
    private Guest? _guest;
    private bool _isStopped;

    /// <summary>Runs it, on a thread that may block.</summary>
    /// <param name="weights">The model, which is disposed at the end.</param>
    /// <exception cref="GuestModuleException">The module is refused.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform cannot show an image to guests.</exception>
    public GuestResult Run(IGuestWeights weights)
    {
        Guest guest;
        try
        {
            if (_isStopped)
            {
                weights.Dispose();
                return new GuestResult(GuestEnd.Stopped, [], "it was told to stop before it began");
            }

            GuestEngine engine = engines.For(limits);
            using GuestModule module = engine.CompileFile(file.Span, limits);
            guest = new Guest(engine, module, weights, limits);
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
                _guest = guest;
                if (_isStopped) guest.Stop();
            }

            try
            {
                return guest.InvokeText(options.Invoke ?? DefaultOf(guest), options.Arguments);
            }
            finally
            {
                lock (_lock) _guest = null;
            }
        }
    }

    /// <summary>Tells it to stop, from any thread.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _guest?.Stop();
        }
    }

    private static string DefaultOf(Guest guest) =>
        guest.Module.Info.Exports.Any(e => e is { Kind: GuestExternalKind.Function, Name: DefaultFunction }) ? DefaultFunction : StartFunction;
}
