using Akka.Configuration;
using Akka.Dispatch;

namespace WasmChord.Actors;

/// <summary>Makes a dispatcher with threads of its own from HOCON: <c>thread-count</c>. Named in <c>reference.conf</c>.</summary>
/// <remarks>
/// Akka's ForkJoinDispatcher does not keep all its threads busy when work items block: of four threads two ran. Reads
/// block, so they have this one.
/// </remarks>
public sealed class ThreadsDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly ThreadsDispatcher _instance;

    /// <summary>Called by Akka when the dispatcher is first looked up.</summary>
    /// <param name="config">The dispatcher's section.</param>
    /// <param name="prerequisites">What Akka gives to dispatchers.</param>
    /// <exception cref="ConfigurationException">The number of threads is out of range.</exception>
    public ThreadsDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites)
    {
        string id = config.GetString("id");
        _instance = new ThreadsDispatcher(this, id, new SettingReader(config, id).Int("thread-count", 1, 1024));
    }

    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => _instance;
}
