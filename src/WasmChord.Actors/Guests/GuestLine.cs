using Akka.Dispatch;

namespace WasmChord.Actors;

/// <summary>
/// What waits for a thread of a dispatcher, first come, first served; whoever waits may leave, and takes nothing with it
/// that would stay in the dispatcher's own queue. From any thread.
/// </summary>
internal sealed class GuestLine(MessageDispatcher dispatcher) : IRunnable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Action> _waiting = new();
    private int _calls; // times that a thread will come; never more than have waited at a time

    /// <summary>Threads that were called and have not come yet.</summary>
    public int Calls
    {
        get
        {
            lock (_lock) return _calls;
        }
    }

    /// <summary>Joins the line.</summary>
    /// <param name="work">What a thread is to do; it may block, and must not throw.</param>
    /// <returns>The place, for <see cref="TryLeave"/>.</returns>
    public LinkedListNode<Action> Join(Action work)
    {
        LinkedListNode<Action> place = new(work);
        lock (_lock)
        {
            _waiting.AddLast(place);
            if (_calls >= _waiting.Count) return place; // a thread that was called for one who has left
            _calls++;
        }

        dispatcher.Schedule(this);
        return place;
    }

    /// <summary>Leaves the line; false when a thread has the work, or has done it.</summary>
    public bool TryLeave(LinkedListNode<Action> place)
    {
        lock (_lock)
        {
            if (place.List is null) return false;
            _waiting.Remove(place);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Run()
    {
        LinkedListNode<Action>? next;
        lock (_lock)
        {
            _calls--;
            next = _waiting.First;
            if (next is null) return;
            _waiting.Remove(next);
        }

        next.Value();
    }

    /// <summary>The dispatcher's older name for <see cref="Run"/>.</summary>
    public void Execute() => Run();
}
