namespace WasmChord.Inference;

/// <summary>
/// Where one thread sleeps until another wakes it. Waking a thread that does not sleep costs one exchange and no call of
/// the kernel's.
/// </summary>
internal sealed class Sleeper : IDisposable
{
    private readonly SemaphoreSlim _wake = new(0); // unlike an event, it allocates nothing when it first has to wait
    private int _sleeps;

    /// <summary>Sleeps while a condition holds; may return while it does. For one thread.</summary>
    /// <param name="state">What the condition looks at.</param>
    /// <param name="condition">Whoever ends it calls <see cref="Wake"/> afterwards.</param>
    /// <param name="argument">What it compares with.</param>
    public void Sleep<T>(T state, Func<T, int, bool> condition, int argument)
    {
        Interlocked.Exchange(ref _sleeps, 1);
        // Looked at after it has been said that this thread sleeps: else the waking could come in between, and be lost.
        if (!condition(state, argument) && Interlocked.Exchange(ref _sleeps, 0) == 1) return;
        _wake.Wait();
    }

    /// <summary>Wakes the thread if it sleeps, or is about to.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _sleeps, 0) == 1) _wake.Release();
    }

    /// <summary>Nobody sleeps here any more.</summary>
    public void Dispose() => _wake.Dispose();
}
