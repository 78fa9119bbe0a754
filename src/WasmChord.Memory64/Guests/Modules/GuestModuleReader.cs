namespace WasmChord.Memory64;

/// <summary>
/// Reads a guest's module before it is compiled, and accepts it only if nothing in it could write to a memory that it
/// imports as <c>wasmchord.weights</c>. Memory indices are immediates of instructions and of data segments, so a walk
/// over the bytes decides, without running anything. An opcode that is not known refuses the module, for what follows it
/// could not be read. Source: WebAssembly Core Specification 3.0, "Binary Format".
/// </summary>
/// <remarks>
/// This is no validation: types and operands are left to the engine, which must validate the same bytes. Loads,
/// <c>memory.size</c>, atomic loads, copies out of the weights and exports of them are accepted. A host that writes
/// through the export <c>memory</c> must look at <see cref="GuestModuleInfo.MemoryExportIsWeights"/> first.
/// </remarks>
public static class GuestModuleReader
{
    /// <summary>Module that the weights are imported from.</summary>
    public const string WeightsModule = "wasmchord";

    /// <summary>Name of the memory that holds the weights.</summary>
    public const string WeightsName = "weights";

    /// <summary>Name under which a guest exports the memory that host functions read and write.</summary>
    public const string MemoryExport = "memory";

    /// <summary>Bytes of a page of a linear memory.</summary>
    public const int PageBytes = 65_536;

    /// <summary>Reads a module and decides whether it is safe to give it the weights.</summary>
    /// <param name="module">The module in the binary format, all of it.</param>
    /// <param name="limits">How large it may be.</param>
    /// <returns>What it imports, exports and needs.</returns>
    /// <exception cref="GuestModuleException">It is malformed, too large, uses what guests may not use, or could write to the weights.</exception>
    public static GuestModuleInfo Read(ReadOnlySpan<byte> module, GuestModuleLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (module.Length > limits.MaximumModuleBytes)
            throw GuestRefusals.TooLarge($"the module has {module.Length} bytes, allowed are {limits.MaximumModuleBytes}", 0);
        return new SectionDecoder(module, limits).Read();
    }

    /// <summary>True where an import of a memory designates the weights.</summary>
    internal static bool IsWeights(string module, string name) =>
        string.Equals(module, WeightsModule, StringComparison.Ordinal) && string.Equals(name, WeightsName, StringComparison.Ordinal);
}
