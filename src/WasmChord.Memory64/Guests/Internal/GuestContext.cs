namespace WasmChord.Memory64;

/// <summary>What the host functions of one guest share. Used on the thread that runs the guest.</summary>
internal sealed class GuestContext : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private long _end;

    /// <summary>Creates the state of a guest that has not run yet.</summary>
    public GuestContext(IGuestWeights? weights, GuestLimits limits)
    {
        Weights = weights;
        ScratchBytes = limits.ScratchBytes;
        Log = new GuestLog(limits.LogBytes);
        Leases = weights is null ? null : new GuestLeases(weights, limits.Leases);
    }

    /// <summary>The model; null for none.</summary>
    public IGuestWeights? Weights { get; }

    /// <summary>What it holds of the model; null without one.</summary>
    public GuestLeases? Leases { get; }

    /// <summary>Bytes that kernels may keep for it.</summary>
    public long ScratchBytes { get; }

    /// <summary>Its memory.</summary>
    public GuestMemory Memory { get; } = new();

    /// <summary>Its log.</summary>
    public GuestLog Log { get; }

    /// <summary>Calls that copied weights.</summary>
    public long Reads { get; set; }

    /// <summary>Bytes copied into its memory.</summary>
    public long BytesRead { get; set; }

    /// <summary>Host calls that returned a negative code.</summary>
    public long Errors { get; private set; }

    /// <summary>Cancelled when it is to stop.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Time that its call has left; zero when it is over.</summary>
    public TimeSpan Left => TimeSpan.FromMilliseconds(Math.Max(0, _end - Environment.TickCount64));

    /// <summary>A call begins.</summary>
    public void Begin(TimeSpan wallTime) => _end = Environment.TickCount64 + (long)Math.Ceiling(Math.Min(wallTime.TotalMilliseconds, int.MaxValue));

    /// <summary>Tells it to stop; from any thread.</summary>
    public void Stop() => _stopping.Cancel();

    /// <summary>How long to wait for something: what the guest asks for, and no longer than its call may take.</summary>
    /// <param name="milliseconds">What it asks for; negative for the model's default.</param>
    public TimeSpan Patience(int milliseconds)
    {
        TimeSpan asked = milliseconds < 0 ? Weights?.DefaultTimeout ?? TimeSpan.Zero : TimeSpan.FromMilliseconds(milliseconds);
        return asked < Left ? asked : Left;
    }

    /// <summary>A code on its way to the guest: counted when negative.</summary>
    public int Answer(GuestCode code)
    {
        if (code < 0) Errors++;
        return (int)code;
    }

    /// <summary>The same for a result, or a code in its place.</summary>
    public int Answer(GuestCode code, int result) => code < 0 ? Answer(code) : result;

    /// <summary>Gives everything back. The source of <see cref="Stopping"/> has no timer: whoever stops a guest that has ended does no harm.</summary>
    public void Dispose() => Leases?.ReleaseAll();
}
