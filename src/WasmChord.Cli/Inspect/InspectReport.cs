using System.Globalization;
using System.Text.Json.Nodes;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What <c>inspect</c> found.</summary>
internal sealed record InspectReport : IReport
{
    /// <summary>Version of the format.</summary>
    public required int Version { get; init; }

    /// <summary>True where numbers are stored most significant byte first.</summary>
    public required bool BigEndian { get; init; }

    /// <summary><c>general.architecture</c>.</summary>
    public required string? Architecture { get; init; }

    /// <summary><c>general.name</c>.</summary>
    public required string? Name { get; init; }

    /// <summary>Number of files.</summary>
    public required int FileCount { get; init; }

    /// <summary>Number of tensors.</summary>
    public required int TensorCount { get; init; }

    /// <summary>Number of blocks that have tensors.</summary>
    public required int LayerCount { get; init; }

    /// <summary>The edges that have tensors: <c>embedding</c>, <c>head</c>.</summary>
    public required string[] Edges { get; init; }

    /// <summary>Tensors that belong to no known layer.</summary>
    public required string[] UnknownTensors { get; init; }

    /// <summary>Number of metadata keys.</summary>
    public required int MetadataCount { get; init; }

    /// <summary>Bytes of all files.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Bytes of all tensors' data.</summary>
    public required long TensorBytes { get; init; }

    /// <summary>Tensors by type.</summary>
    public required SortedDictionary<string, TypeSum> Types { get; init; }

    /// <summary><c>resident</c> or <c>streaming</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Why.</summary>
    public required string ModeReason { get; init; }

    /// <summary>The threshold that was applied, in bytes.</summary>
    public required long ThresholdBytes { get; init; }

    /// <summary>How long the first open took, compilation of the code included, in milliseconds.</summary>
    public required double OpenMs { get; init; }

    /// <summary>The median of repeated opens in the same process, in milliseconds.</summary>
    public required double WarmOpenMs { get; init; }

    /// <summary>Bytes read to open it.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Bytes of the headers.</summary>
    public required long HeaderBytes { get; init; }

    /// <summary>Managed bytes that the open model keeps.</summary>
    public required long RetainedBytes { get; init; }

    /// <summary>Every tensor, where asked for.</summary>
    public TensorReport[]? Tensors { get; init; }

    /// <summary>Every key and value, where asked for.</summary>
    public JsonObject? Metadata { get; init; }

    /// <inheritdoc/>
    public void WriteText(TextWriter text)
    {
        Line(text, "format", $"GGUF version {Version}{(BigEndian ? ", big-endian" : "")}, {FileCount} file{(FileCount == 1 ? "" : "s")}");
        Line(text, "architecture", Name is null ? Architecture ?? "(not stated)" : $"{Architecture ?? "(not stated)"} ({Name})");
        Line(text, "layers", $"{LayerCount} blocks; edges: {(Edges.Length == 0 ? "none" : string.Join(", ", Edges))}");
        Line(text, "tensors", $"{TensorCount}{(UnknownTensors.Length == 0 ? "" : $", {UnknownTensors.Length} of no known layer: {string.Join(", ", UnknownTensors.Take(5))}")}");
        Line(text, "metadata", $"{MetadataCount} keys");
        Line(text, "size", $"{ByteSize.Format(FileBytes)} in files, {ByteSize.Format(TensorBytes)} of tensors");
        foreach ((string type, TypeSum sum) in Types) Line(text, "", $"{type,-8} {sum.Count,5} tensors  {ByteSize.Format(sum.Bytes),12}");
        Line(text, "mode", $"{Mode}: {ModeReason}");
        Line(text, "open", string.Create(CultureInfo.InvariantCulture, $"{OpenMs:0.0} ms first, {WarmOpenMs:0.00} ms again"));
        Line(text, "read", $"{ByteSize.Format(BytesRead)}; the header has {ByteSize.Format(HeaderBytes)}");
        Line(text, "retained", ByteSize.Format(RetainedBytes));
        WriteTensors(text);
        WriteMetadata(text);
    }

    private static void Line(TextWriter text, string label, string value) => text.WriteLine($"{label,-13} {value}");

    private void WriteTensors(TextWriter text)
    {
        if (Tensors is null) return;
        int width = Tensors.Length == 0 ? 0 : Tensors.Max(t => t.Name.Length);
        text.WriteLine();
        foreach (TensorReport t in Tensors)
            text.WriteLine($"{t.Name.PadRight(width)}  {t.Type,-7} {$"[{string.Join(", ", t.Shape)}]",-22} {t.Layer ?? "-",-10} {t.Bytes,12} bytes at {t.Offset}");
    }

    private void WriteMetadata(TextWriter text)
    {
        if (Metadata is null) return;
        text.WriteLine();
        foreach ((string key, JsonNode? value) in Metadata)
            text.WriteLine($"{key} = {(value is JsonObject array ? $"{array["type"]}[{array["count"]}] {array["first"]?.ToJsonString(MetadataJson.Options)}" : value?.ToJsonString(MetadataJson.Options))}");
    }
}
