using System.Globalization;
using Wasmtime;

namespace WasmChord.Memory64;

/// <summary>
/// A Wasmtime engine whose Stores can see a model's regions as 64-bit linear memories. The mapping stays the project's:
/// a small holder module defines a memory of exactly the region's size, minimum equal to maximum, and the host memory
/// creator answers with the region, so that any number of Stores see the same physical pages.
/// </summary>
public sealed class WeightsEngine : IDisposable
{
    /// <summary>Name under which a holder exports its memory.</summary>
    public const string MemoryName = "weights";

    private const long WasmPageBytes = 65_536;

    private readonly Config _config;
    private readonly Dictionary<long, Module> _holders = [];
    private readonly Lock _lock = new();

    /// <summary>Creates the engine, with 64-bit and multiple memories enabled.</summary>
    /// <exception cref="PlatformNotSupportedException">The platform offers no mappings that the project could lend.</exception>
    public WeightsEngine() : this(_ => { })
    {
    }

    /// <summary>Creates the engine with further settings.</summary>
    internal WeightsEngine(Action<Config> configure)
    {
        if (!MappedImage.IsSupported) throw new PlatformNotSupportedException("guests can share an image on Linux only");
        _config = new Config().WithMemory64(true).WithMultiMemory(true);
        configure(_config);
        WasmtimeNative.MemoryCreator creator = HostMemory.Creator;
        WasmtimeNative.SetMemoryCreator(_config, ref creator);
        Engine = new Engine(_config);
    }

    /// <summary>The engine, for modules and Stores.</summary>
    public Engine Engine { get; }

    /// <summary>Shows a region to a Store. The region's address space stays alive until the Store is disposed.</summary>
    /// <param name="store">A Store of this engine.</param>
    /// <param name="region">The region, as <see cref="MappedImage.Regions"/> has it.</param>
    /// <returns>A 64-bit memory for guests to import: its address 0 is the region's first byte.</returns>
    /// <exception cref="RegionException">Wasmtime did not take the region.</exception>
    public Memory Bind(Store store, RegionMapping region)
    {
        Module holder = HolderOf(region.ByteLength);
        using HostMemory.Offer offer = HostMemory.Lend(region);
        Instance instance = new(store, holder);
        if (!offer.IsTaken) throw new RegionException($"the engine did not take the region of {region.ByteLength} bytes");
        return instance.GetMemory(MemoryName) ?? throw new RegionException("the holder module exports no memory");
    }

    /// <summary>Disposes the engine and the holder modules; Stores keep what they use.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (Module holder in _holders.Values) holder.Dispose();
            _holders.Clear();
        }

        Engine.Dispose();
    }

    private Module HolderOf(long byteLength)
    {
        if (byteLength % WasmPageBytes != 0)
            throw new RegionException($"a region of {byteLength} bytes is not whole WebAssembly pages of {WasmPageBytes}");
        lock (_lock)
        {
            if (_holders.TryGetValue(byteLength, out Module? known)) return known;
            string pages = (byteLength / WasmPageBytes).ToString(CultureInfo.InvariantCulture);
            Module holder = Module.FromText(Engine, "holder", $"""(module (memory (export "{MemoryName}") i64 {pages} {pages}))""");
            _holders.Add(byteLength, holder);
            return holder;
        }
    }
}
