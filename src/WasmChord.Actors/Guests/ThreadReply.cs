using Akka.Actor;

namespace WasmChord.Actors;

/// <summary>An answer that a thread waits for; what comes too late is dropped.</summary>
internal sealed class ThreadReply : MinimalActorRef, IDisposable
{
    private readonly ManualResetEventSlim _answered = new();
    private object? _answer;
    private bool _disposed;

    /// <summary>Creates it.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="path">A path to be known by in logs.</param>
    public ThreadReply(ActorSystem system, ActorPath path)
    {
        Provider = ((ExtendedActorSystem)system).Provider;
        Path = path;
    }

    /// <inheritdoc/>
    public override ActorPath Path { get; }

    /// <inheritdoc/>
    public override IActorRefProvider Provider { get; }

    /// <summary>Waits; false when there was no answer in time.</summary>
    public bool TryWait(TimeSpan timeout, out object? answer)
    {
        bool came = _answered.Wait(timeout);
        answer = came ? _answer : null;
        return came;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_answered)
        {
            _disposed = true;
            _answered.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override void TellInternal(object message, IActorRef sender)
    {
        lock (_answered)
        {
            if (_disposed) return;
            _answer = message;
            _answered.Set();
        }
    }
}
