using Wasmtime;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>The real engine with every extension switched on that the decoder knows: the judge of what is valid.</summary>
public sealed class RefereeEngine : IDisposable
{
    private readonly Config _config = new Config()
        .WithMemory64(true)
        .WithMultiMemory(true)
        .WithWasmThreads(true)
        .WithRelaxedSIMD(true, false)
        .WithFunctionReferences(true)
        .WithTailCalls(true)
        .WithWideArithmetic(true)
        .WithExceptions(true)
        .WithFuelConsumption(true)
        .WithOptimizationLevel(OptimizationLevel.None);

    public RefereeEngine() => Engine = new Engine(_config);

    public Engine Engine { get; }

    /// <summary>Null where the engine accepts the module, else what it says.</summary>
    public string? Validate(ReadOnlySpan<byte> module) => Module.Validate(Engine, module);

    public void Dispose() => Engine.Dispose();
}
