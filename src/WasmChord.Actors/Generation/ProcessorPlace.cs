using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// The place of one request's logits processor. States: starting → started → gone, or starting → abandoned → gone: whoever
/// gives it up while the processor starts, or after its scheduler has died, leaves it to the thread that starts it, which
/// disposes the processor and then frees the place.
/// </summary>
internal sealed class ProcessorPlace(ProcessorPlaces places) : IDisposable
{
    private readonly Lock _lock = new();
    private bool _isStarting = true;
    private bool _isGivenUp;

    /// <summary>The processor; null until it is started.</summary>
    public GuestLogitsProcessor? Started { get; private set; }

    /// <summary>Starts a processor, on a thread that may block.</summary>
    /// <returns>False when the place was given up: the processor, if there was one, is disposed.</returns>
    public bool Start(Func<GuestLogitsProcessor> start)
    {
        GuestLogitsProcessor? processor = null;
        try
        {
            lock (_lock)
                if (_isGivenUp) return false;
            processor = start();
        }
        finally
        {
            bool isGone;
            lock (_lock)
            {
                _isStarting = false;
                isGone = _isGivenUp;
                if (!isGone) Started = processor;
            }

            if (isGone)
            {
                processor?.Dispose();
                processor = null;
                places.Leave();
            }
        }

        return processor is not null;
    }

    /// <summary>Gives the place up. No call of the processor may be in progress.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isGivenUp) return;
            _isGivenUp = true;
            if (_isStarting) return;
        }

        Started?.Dispose();
        places.Leave();
    }
}
