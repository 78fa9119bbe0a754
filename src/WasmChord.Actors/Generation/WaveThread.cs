using System.Collections.Concurrent;
using Akka.Actor;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// The thread on which a model computes: jobs of the scheduler, one after another, each of which may block and take its
/// time. What a job returns is told to the scheduler; what it throws, as <see cref="JobFailed"/>.
/// </summary>
internal sealed class WaveThread
{
    private readonly BlockingCollection<(Func<object?> Job, IActorRef ReplyTo)> _jobs = [];

    /// <summary>Starts the thread, on which logits processors run, too.</summary>
    public WaveThread(string name) => new Thread(Work, GuestEngine.ThreadStackBytes) { IsBackground = true, Name = name }.Start();

    /// <summary>Posts a job.</summary>
    /// <param name="job">What to do; null as its result tells nothing.</param>
    /// <param name="replyTo">Who is told the result.</param>
    public void Post(Func<object?> job, IActorRef replyTo) => _jobs.Add((job, replyTo));

    /// <summary>Lets the thread end when the jobs that wait are done.</summary>
    public void End() => _jobs.CompleteAdding();

    private void Work()
    {
        foreach ((Func<object?> job, IActorRef replyTo) in _jobs.GetConsumingEnumerable())
        {
            object? result;
            try
            {
                result = job();
            }
            catch (Exception e)
            {
                result = new JobFailed(this, e);
            }

            if (result is not null) replyTo.Tell(result);
        }

        _jobs.Dispose();
    }

    /// <summary>A job threw.</summary>
    /// <param name="Thread">Whose job: a scheduler that was restarted has another.</param>
    /// <param name="Cause">What it threw.</param>
    internal sealed record JobFailed(WaveThread Thread, Exception Cause) : INoSerializationVerificationNeeded;
}
