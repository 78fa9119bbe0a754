using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What a guest's module asks for and offers.</summary>
/// <param name="Sha256">Of its binary.</param>
/// <param name="Functions">Functions of its own.</param>
/// <param name="CodeBytes">Bytes of their code.</param>
/// <param name="EstimatedCompileMs">Milliseconds of one core that compiling it is reckoned to take at most; what a guest's limits are held against.</param>
/// <param name="MemoryBytes">Bytes that its memory has at the start; null for no memory.</param>
/// <param name="ImportsWeights">Whether it reads weights in place; it was checked that it cannot write to them.</param>
/// <param name="Imports">What it needs.</param>
/// <param name="Exports">What it offers.</param>
internal sealed record GuestModuleReport(
    string Sha256, int Functions, long CodeBytes, double EstimatedCompileMs, ulong? MemoryBytes, bool ImportsWeights,
    IReadOnlyList<GuestModuleReport.Entry> Imports, IReadOnlyList<GuestModuleReport.Entry> Exports) : IReport
{
    /// <summary>The report of a module.</summary>
    public static GuestModuleReport From(GuestModule module) => new(
        module.Hash, module.Info.FunctionCount, module.Info.CodeBytes, Math.Round(module.Info.CompileTime.TotalMilliseconds, 3),
        module.Info.MinimumMemoryBytes, module.Info.ImportsWeights,
        [.. module.Info.Imports.Select(i => new Entry($"{i.Module}.{i.Name}", i.Kind.ToString().ToLowerInvariant(), i.Function?.ToString()))],
        [.. module.Info.Exports.Select(e => new Entry(e.Name, e.Kind.ToString().ToLowerInvariant(), e.Function?.ToString()))]);

    /// <inheritdoc/>
    public void WriteText(TextWriter text)
    {
        text.WriteLine($"{Functions} functions, {CodeBytes} bytes of code, at most {EstimatedCompileMs:0.###} ms to compile; {(ImportsWeights ? "reads weights in place and cannot write to them" : "does not see weights in place")}");
        Write(text, "imports", Imports);
        Write(text, "exports", Exports);
    }

    private static void Write(TextWriter text, string what, IReadOnlyList<Entry> entries)
    {
        text.WriteLine($"{what}:");
        foreach (Entry entry in entries) text.WriteLine($"  {entry.Kind,-8} {entry.Name} {entry.Type}".TrimEnd());
    }

    /// <summary>An import or export.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Kind">function, memory, table, global or tag.</param>
    /// <param name="Type">A function's type.</param>
    internal sealed record Entry(string Name, string Kind, string? Type);
}
