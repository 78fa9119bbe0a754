using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>The engines that all models' guests share: one that counts instructions and one that does not, each made when first needed.</summary>
internal sealed class GuestEngines(GuestSettings settings) : IDisposable
{
    private readonly Lazy<GuestEngine> _metered = new(() => Create(settings, isMetered: true));
    private readonly Lazy<GuestEngine> _plain = new(() => Create(settings, isMetered: false));

    /// <summary>Modules compiled.</summary>
    public long Compilations => Made.Sum(engine => engine.Compilations);

    /// <summary>Compilations spared.</summary>
    public long CompiledHits => Made.Sum(engine => engine.CompiledHits);

    private IEnumerable<GuestEngine> Made => new[] { _metered, _plain }.Where(engine => engine.IsValueCreated).Select(engine => engine.Value);

    /// <summary>The engine for a guest of these limits.</summary>
    /// <exception cref="PlatformNotSupportedException">The platform offers no mappings that the project could lend.</exception>
    public GuestEngine For(GuestLimits limits) => limits.Fuel is null ? _plain.Value : _metered.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (GuestEngine engine in Made) engine.Dispose();
    }

    private static GuestEngine Create(GuestSettings settings, bool isMetered) =>
        new(isMetered, settings.CompiledModules, settings.CompiledBytes, settings.StackBytes, settings.CompileParallelism);
}
