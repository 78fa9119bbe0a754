using Akka.Actor;
using Akka.Configuration;
using WasmChord.Actors;
using WasmChord.Memory64;

namespace WasmChord.Bench.Guests;

/// <summary>A model opened for guests, in an actor system of its own.</summary>
internal sealed class ModelHost : IAsyncDisposable
{
    private readonly ActorSystem _system;

    private ModelHost(ActorSystem system, StreamedModel model)
    {
        _system = system;
        Model = model;
    }

    /// <summary>The model.</summary>
    public StreamedModel Model { get; }

    /// <summary>The guest that sums in place.</summary>
    public static byte[] InPlace => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "checksum.wasm"));

    /// <summary>The guest that sums copies.</summary>
    public static byte[] Copying => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "checksum-bridge.wasm"));

    /// <summary>What a guest may use here: time enough.</summary>
    public static GuestLimits Limits { get; } = new() { WallTime = TimeSpan.FromMinutes(20), MemoryBytes = 1L << 30 };

    /// <summary>Opens it.</summary>
    public static async Task<ModelHost> OpenAsync(string path, BudgetSpec budget)
    {
        ActorSystem system = ActorSystem.Create("guests", ConfigurationFactory.ParseString("akka.loglevel = WARNING"));
        StreamedModel model = await WasmChordExtension.Get(system).OpenModelAsync(path, new ModelOptions { Budget = budget }).ConfigureAwait(false);
        return new ModelHost(system, model);
    }

    /// <summary>Runs a guest, which must return.</summary>
    public async Task<GuestResult> RunAsync(byte[] module, string function, params string[] arguments)
    {
        GuestResult result = await Model.RunGuestAsync(module, new GuestOptions { Invoke = function, Arguments = arguments, Limits = Limits }).ConfigureAwait(false);
        return result.HasReturned ? result : throw new InvalidOperationException($"{function}: {result.End}: {result.Text}");
    }

    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync().ConfigureAwait(false);
        await _system.Terminate().ConfigureAwait(false);
    }
}
