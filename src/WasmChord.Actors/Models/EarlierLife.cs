namespace WasmChord.Actors;

/// <summary>
/// What a model's actor leaves to be done when it restarts: its budget and files go back once its children have stopped,
/// which is when the next life begins, or the actor ends. One of its lives at a time uses it.
/// </summary>
internal sealed class EarlierLife
{
    private Action? _settle;

    /// <summary>A life ends; its children are still stopping.</summary>
    public void Leave(Action settle) => Volatile.Write(ref _settle, settle);

    /// <summary>Its children have stopped. Nothing happens where no life has left anything.</summary>
    public void Settle() => Interlocked.Exchange(ref _settle, null)?.Invoke();
}
