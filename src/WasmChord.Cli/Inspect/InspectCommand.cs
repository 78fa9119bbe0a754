using System.CommandLine;
using System.Diagnostics;
using WasmChord.Actors;
using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary><c>inspect</c>: opens a model by its metadata alone and says what it is and how it would be served.</summary>
internal sealed class InspectCommand : ToolCommand
{
    private const int WarmOpens = 5;

    private readonly Argument<string> _model = ModelArgument();
    private readonly Option<bool> _tensors = new("--tensors") { Description = "List every tensor." };
    private readonly Option<bool> _metadata = new("--metadata") { Description = "List every metadata key; of arrays the first elements." };
    private readonly Option<long?> _threshold = SizeOption("--threshold", "Models of more tensor bytes are streamed; the setting wasmchord.model.resident-threshold unless given.");

    public InspectCommand(ToolOutput output) : base(output, "inspect", "Opens a model by its metadata: architecture, layers, sizes, types, and how it would be served.")
    {
        Add(_model);
        Add(_tensors);
        Add(_metadata);
        Add(_threshold);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetRequiredValue(_model);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = Stopwatch.GetTimestamp();
        using GgufModel model = await GgufModel.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        double openMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        long retained = Math.Max(0, GC.GetTotalMemory(forceFullCollection: true) - before);
        double warmMs = await WarmOpenAsync(path, cancellationToken).ConfigureAwait(false);

        long threshold = parsed.GetValue(_threshold) ?? WasmChordSettings.Parse(WasmChordSettings.DefaultConfig.GetConfig("wasmchord")).Model.ResidentThresholdBytes;
        ResidencyDecision residency = ResidencyDecision.BySize(model.TensorBytes, threshold);
        InspectReport report = new()
        {
            Version = model.Files[0].Version,
            BigEndian = model.Files[0].IsBigEndian,
            Architecture = model.Architecture,
            Name = model.Metadata.TryGetString("general.name", out string? name) ? name : null,
            FileCount = model.Files.Count,
            TensorCount = model.Tensors.Count,
            LayerCount = model.Manifest.BlockCount,
            Edges = [.. model.Manifest.Layers.Where(l => !l.Id.IsBlock).Select(l => l.Id.ToString())],
            UnknownTensors = [.. model.Manifest.Unknown.Select(t => t.Name)],
            MetadataCount = model.Metadata.Count,
            FileBytes = model.FileBytes,
            TensorBytes = model.TensorBytes,
            Types = Sum(model.Tensors),
            Mode = residency.Mode.ToString().ToLowerInvariant(),
            ModeReason = residency.Why,
            ThresholdBytes = threshold,
            OpenMs = Math.Round(openMs, 3),
            WarmOpenMs = Math.Round(warmMs, 3),
            BytesRead = model.BytesRead,
            HeaderBytes = model.HeaderBytes,
            RetainedBytes = retained,
            Tensors = parsed.GetValue(_tensors) ? [.. model.Tensors.Select(t => Describe(model, t))] : null,
            Metadata = parsed.GetValue(_metadata) ? await MetadataJson.CreateAsync(model.Metadata, cancellationToken).ConfigureAwait(false) : null,
        };
        Output.Write(report, ToolJson.Default.InspectReport);
        return ExitCode.Success;
    }

    // What opening costs once the code is compiled: the first open of a process is mostly that.
    private static async Task<double> WarmOpenAsync(string path, CancellationToken cancellationToken)
    {
        double[] times = new double[WarmOpens];
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using GgufModel model = await GgufModel.OpenAsync(path, cancellationToken).ConfigureAwait(false);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[WarmOpens / 2];
    }

    private static SortedDictionary<string, TypeSum> Sum(IReadOnlyList<TensorInfo> tensors)
    {
        SortedDictionary<string, TypeSum> types = new(StringComparer.Ordinal);
        foreach (TensorInfo tensor in tensors)
        {
            string type = GgmlTypeTraits.For(tensor.Type).Name;
            TypeSum sum = types.GetValueOrDefault(type);
            types[type] = new TypeSum(sum.Count + 1, sum.Bytes + tensor.ByteLength);
        }

        return types;
    }

    private static TensorReport Describe(GgufModel model, TensorInfo tensor) => new(
        tensor.Name, GgmlTypeTraits.For(tensor.Type).Name, tensor.Shape.ToArray(), tensor.FileIndex, tensor.FileOffset, tensor.ByteLength,
        model.Manifest.LayerOf(tensor.Name)?.ToString());
}
