using System.Globalization;
using Wasmtime;

namespace WasmChord.Memory64;

/// <summary>
/// A module at work: one Store and one instance. It runs on the thread that calls it, one call at a time; only
/// <see cref="Stop"/> may come from elsewhere. States: new → linked (by the first call) → ended, when a call ends
/// otherwise than by returning; what it held is given back then, and every later call ends the same way.
/// </summary>
public sealed partial class Guest : IDisposable
{
    private readonly GuestEngine _engine;
    private readonly GuestModule _module;
    private readonly GuestLimits _limits;
    private readonly GuestContext _context;
    private readonly Store _store;
    private Instance? _instance;
    private GuestResult? _ended;
    private GuestEnd? _stopped; // why the clock stopped it
    private volatile bool _isStopping;
    private bool _isDisposed;
    private int _acquiredBefore;
    private TimeSpan _wallTime;

    /// <summary>Creates a guest that has not run yet.</summary>
    /// <param name="engine">The engine that compiled the module.</param>
    /// <param name="module">The module; the guest keeps what was compiled itself.</param>
    /// <param name="weights">The model that it works on, which it disposes; null for none.</param>
    /// <param name="limits">What it may use.</param>
    /// <exception cref="ArgumentException">A limit makes no sense, or there is fuel on an engine that does not meter.</exception>
    public Guest(GuestEngine engine, GuestModule module, IGuestWeights? weights, GuestLimits limits)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(module);
        _limits = limits.Validated();
        if (limits.Fuel is not null && !engine.IsMetered)
            throw new ArgumentException($"{limits.Fuel} units of fuel need a metered engine", nameof(limits));
        _engine = engine;
        _module = module.Share();
        _context = new GuestContext(weights, limits);
        _store = new Store(engine.Weights.Engine);
        _store.SetEpochDeadlineCallback(_ => OnTick());
    }

    /// <summary>The module, which the guest disposes with itself.</summary>
    public GuestModule Module => _module;

    /// <summary>True once a call has ended otherwise than by returning.</summary>
    public bool HasEnded => _ended is not null;

    /// <summary>Layers that it holds now.</summary>
    public int LeasesHeld => _context.Leases?.Count ?? 0;

    /// <summary>Tells it to stop, from any thread: the call in progress ends within a few milliseconds, and every later one.</summary>
    public void Stop()
    {
        _isStopping = true;
        _context.Stop();
    }

    /// <summary>Calls an exported function, on this thread, and waits for it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="arguments">Its arguments, of the types that it declares.</param>
    public GuestResult Invoke(string name, params ReadOnlySpan<GuestValue> arguments) => InvokeWithin(_limits.WallTime, name, arguments);

    /// <summary>The same in a time of its own.</summary>
    internal GuestResult InvokeWithin(TimeSpan wallTime, string name, params ReadOnlySpan<GuestValue> arguments)
    {
        GuestValue[] values = arguments.ToArray();
        return Run(() => Call(name, values), wallTime);
    }

    /// <summary>An array of f32 in its memory, in place, between calls.</summary>
    internal GuestCode Writable(int pointer, int count, out Span<float> values) => _context.Memory.WritableFloats(pointer, count, out values);

    /// <summary>Calls an exported function with arguments as text, each read as the parameter's type wants it.</summary>
    /// <inheritdoc cref="Invoke"/>
    public GuestResult InvokeText(string name, IReadOnlyList<string> arguments) => Run(() =>
    {
        GuestFunctionType type = TypeOf(name, arguments.Count);
        GuestValue[] values = new GuestValue[arguments.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (!GuestValue.TryParse(arguments[i], type.Parameters[i], out values[i]))
                throw new GuestCallException(GuestEnd.NoSuchFunction, $"argument {i + 1} of {name} is '{arguments[i]}', which is no {type.Parameters[i].ToString().ToLowerInvariant()}");
        }

        return Call(name, values);
    }, _limits.WallTime);

    /// <summary>Ends the guest, whose memory and layers are given back. No call may be in progress.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _context.Dispose();
        _store.Dispose();
        _context.Weights?.Dispose();
        _module.Dispose();
    }

    private GuestResult Run(Func<IReadOnlyList<GuestValue>> call, TimeSpan wallTime)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_ended is not null) return _ended;
        if (!_engine.Clock.TryEnter()) return End(new GuestResult(GuestEnd.Stopped, [], "its engine was disposed"));
        _acquiredBefore = _context.Leases?.Acquired ?? 0;
        _wallTime = wallTime;
        _context.Begin(wallTime);
        _store.SetEpochDeadline(1);
        ulong fuel = (ulong)(_limits.Fuel ?? long.MaxValue);
        if (_engine.IsMetered) _store.Fuel = fuel;
        GuestResult result;
        try
        {
            if (_isStopping) throw new GuestCallException(GuestEnd.Stopped, "it was told to stop");
            if (_instance is null) Link();
            result = Finish(GuestEnd.Returned, call(), "", fuel);
        }
        catch (GuestCallException e)
        {
            result = Finish(e.End, [], e.Message, fuel);
        }
        catch (TrapException e)
        {
            result = Finish(_stopped ?? EndOf(e.Type), [], TextOf(_stopped) ?? GuestText.CauseOf(e), fuel);
        }
        catch (WasmtimeException e)
        {
            GuestEnd end = _stopped ?? (_instance is null ? GuestEnd.NotLinked : GuestEnd.Trapped);
            result = Finish(end, [], TextOf(_stopped) ?? GuestText.CauseOf(e), fuel);
        }
        catch (RegionException e)
        {
            result = Finish(GuestEnd.NotLinked, [], e.Message, fuel);
        }
        finally
        {
            _engine.Clock.Leave();
            _context.Leases?.DropCopied();
        }

        // A function that is not there, or is called wrongly, has not run: the guest is as it was.
        if (result.HasReturned || result.End == GuestEnd.NoSuchFunction) return result;
        return End(result);
    }

    private GuestResult End(GuestResult result)
    {
        _context.Leases?.ReleaseAll();
        return _ended = result;
    }

    private GuestResult Finish(GuestEnd end, IReadOnlyList<GuestValue> values, string text, ulong fuel) => new(end, values, GuestText.Cut(text))
    {
        // What the clock interrupts has not written down what it used.
        FuelUsed = _engine.IsMetered && _stopped is null ? (long)(fuel - _store.Fuel) : null,
        Log = _context.Log.Take(),
        Leases = (_context.Leases?.Acquired ?? 0) - _acquiredBefore,
        LeasesHeld = LeasesHeld,
        Reads = _context.Reads,
        BytesRead = _context.BytesRead,
        Errors = _context.Errors,
    };

    // Called from within the guest, every few milliseconds: the guest's own thread looks up.
    private ulong OnTick()
    {
        if (_isStopping || _engine.Clock.IsClosing) _stopped = GuestEnd.Stopped;
        else if (_context.Left == TimeSpan.Zero) _stopped = GuestEnd.TimedOut;
        else if (_context.Leases is { IsRevoked: true }) _stopped = GuestEnd.LeaseRevoked;
        if (_stopped is { } end) throw new GuestCallException(end, TextOf(end)!);
        _context.Leases?.Tick();
        return 1;
    }

    private IReadOnlyList<GuestValue> Call(string name, GuestValue[] arguments)
    {
        GuestFunctionType type = TypeOf(name, arguments.Length);
        ValueBox[] boxes = new ValueBox[arguments.Length];
        for (int i = 0; i < boxes.Length; i++)
        {
            if (type.Parameters[i] != arguments[i].Kind)
                throw new GuestCallException(GuestEnd.NoSuchFunction, $"{name} is {type}, argument {i + 1} is {arguments[i].Kind.ToString().ToLowerInvariant()}");
            boxes[i] = Box(arguments[i]);
        }

        Function function = _instance!.GetFunction(name) ?? throw new GuestCallException(GuestEnd.NoSuchFunction, $"it exports no function {name}");
        return Values(function.Invoke(boxes));
    }

    private GuestFunctionType TypeOf(string name, int arguments)
    {
        GuestExport? export = _module.Info.Exports.FirstOrDefault(e => e.Kind == GuestExternalKind.Function && e.Name == name);
        if (export?.Function is not { } type) throw new GuestCallException(GuestEnd.NoSuchFunction, $"it exports no function {name}");
        if (type.Parameters.Count != arguments)
            throw new GuestCallException(GuestEnd.NoSuchFunction, $"{name} is {type}; {arguments} arguments were given");
        if (type.Parameters.Concat(type.Results).FirstOrDefault(t => t > GuestValueType.F64) is var other and > GuestValueType.F64)
            throw new GuestCallException(GuestEnd.NoSuchFunction, $"{name} is {type}; the host cannot call with {other}");
        return type;
    }

    // Each arm says its type: without it they would all become the widest number, and large integers lose digits.
    private static ValueBox Box(GuestValue value) => value.Kind switch
    {
        GuestValueType.I32 => (ValueBox)(int)value.Bits,
        GuestValueType.I64 => (ValueBox)value.Bits,
        GuestValueType.F32 => (ValueBox)BitConverter.Int32BitsToSingle((int)value.Bits),
        _ => (ValueBox)BitConverter.Int64BitsToDouble(value.Bits),
    };

    private static IReadOnlyList<GuestValue> Values(object? result) => result switch
    {
        null => [],
        object?[] several => [.. several.SelectMany(Values)],
        int i => [i],
        long l => [l],
        float f => [f],
        double d => [d],
        _ => throw new GuestCallException(GuestEnd.NoSuchFunction, $"it returned {result}"),
    };

    private static GuestEnd EndOf(TrapCode code) => code switch
    {
        TrapCode.OutOfFuel => GuestEnd.OutOfFuel,
        TrapCode.StackOverflow => GuestEnd.StackOverflow,
        TrapCode.MemoryOutOfBounds or TrapCode.TableOutOfBounds or TrapCode.HeapMisaligned => GuestEnd.OutOfBounds,
        TrapCode.Interrupt => GuestEnd.TimedOut,
        _ => GuestEnd.Trapped,
    };

    private string? TextOf(GuestEnd? end) => end switch
    {
        GuestEnd.Stopped => "it was told to stop",
        GuestEnd.TimedOut => string.Create(CultureInfo.InvariantCulture, $"it ran for more than {_wallTime.TotalSeconds:0.###} s"),
        GuestEnd.LeaseRevoked => "a layer that it held was taken back",
        _ => null,
    };
}
