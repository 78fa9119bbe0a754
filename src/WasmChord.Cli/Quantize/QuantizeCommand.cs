using System.CommandLine;
using System.Diagnostics;
using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary><c>quantize</c>: a model in other types, as llama.cpp's <c>llama-quantize</c> chooses them.</summary>
internal sealed class QuantizeCommand : ToolCommand
{
    // GGML_QNT_VERSION of ggml.h: the version of the block formats.
    private const uint QuantizationVersion = 2;

    private const string FileTypeKey = "general.file_type", QuantizationVersionKey = "general.quantization_version";

    private readonly Argument<string> _in = new("IN") { Description = "The model; any shard of a split one." };
    private readonly Argument<string> _out = new("OUT") { Description = "The file to write." };
    private readonly Argument<string> _type = new("TYPE") { Description = string.Join(", ", QuantizationRecipe.Names) + "; Q3_K, Q4_K and Q5_K mean their _M." };
    private readonly Option<bool> _allowRequantize = new("--allow-requantize") { Description = "Quantize again what is quantized already; it loses quality." };
    private readonly Option<bool> _pure = new("--pure") { Description = "No mix: one type for everything that is quantized." };
    private readonly Option<bool> _leaveOutput = new("--leave-output-tensor") { Description = "Leave output.weight as it is." };

    public QuantizeCommand(ToolOutput output) : base(output, "quantize", "Writes a model in another type.")
    {
        Add(_in);
        Add(_out);
        Add(_type);
        Add(_allowRequantize);
        Add(_pure);
        Add(_leaveOutput);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        QuantizationRecipe recipe = QuantizationRecipe.Parse(parsed.GetRequiredValue(_type));
        string source = parsed.GetRequiredValue(_in), target = parsed.GetRequiredValue(_out);
        long start = Stopwatch.GetTimestamp();
        using GgufModel model = await ModelFile.OpenWithDataAsync(source, cancellationToken).ConfigureAwait(false);
        ModelFile.RequireLittleEndian(model);
        OutputFile.RequireWritable(target, model.Files.Select(f => f.Name));
        bool isPure = parsed.GetValue(_pure);
        IReadOnlyList<PlannedTensor> plan = QuantizationPlan.Create(
            model, recipe, isPure, parsed.GetValue(_leaveOutput), parsed.GetValue(_allowRequantize));
        await JobProgress.RunAsync(Output, $"quantize to {recipe.Name}", model.TensorBytes, async progress =>
        {
            using ModelReader reader = new(model);
            await Writer(model, recipe, plan, new TensorConverter(reader, progress), progress).WriteAsync(target, cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        Output.Write(Report(model, plan, recipe, target) with { In = source, Seconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 3) }, ToolJson.Default.QuantizeReport);
        return ExitCode.Success;
    }

    private static GgufWriter Writer(
        GgufModel model, QuantizationRecipe recipe, IReadOnlyList<PlannedTensor> plan, TensorConverter converter, JobProgress progress)
    {
        GgufWriter writer = new();
        writer.Metadata.AddCopies(model.Metadata, entry =>
            entry.Key is not (FileTypeKey or QuantizationVersionKey) && !entry.Key.StartsWith("split.", StringComparison.Ordinal));
        writer.Metadata.Add(QuantizationVersionKey, QuantizationVersion);
        writer.Metadata.Add(FileTypeKey, recipe.FileType);
        foreach (PlannedTensor tensor in plan)
        {
            if (tensor.Type == tensor.Source.Type) ModelCopy.Add(writer, model, tensor.Source, progress);
            else writer.AddTensor(tensor.Source.Name, tensor.Type, tensor.Source.Shape, (stream, token) => converter.WriteAsync(tensor, stream, token));
        }

        return writer;
    }

    private static QuantizeReport Report(GgufModel model, IReadOnlyList<PlannedTensor> plan, QuantizationRecipe recipe, string target)
    {
        SortedDictionary<string, TypeSum> types = new(StringComparer.Ordinal);
        long bytes = 0, values = 0;
        foreach (PlannedTensor tensor in plan)
        {
            GgmlTypeTraits traits = GgmlTypeTraits.For(tensor.Type);
            long tensorBytes = traits.BytesFor(tensor.Source.Shape.ValueCount);
            TypeSum sum = types.GetValueOrDefault(traits.Name);
            types[traits.Name] = new TypeSum(sum.Count + 1, sum.Bytes + tensorBytes);
            bytes += tensorBytes;
            values += tensor.Source.Shape.ValueCount;
        }

        return new QuantizeReport
        {
            In = "",
            Out = target,
            Type = recipe.Name,
            TensorCount = plan.Count,
            Converted = plan.Count(t => t.Type != t.Source.Type),
            Types = types,
            Fallbacks = [.. plan.Where(t => t.Type != t.Wanted).Select(t =>
                new Fallback(t.Source.Name, t.Source.Shape.Ne0, GgmlTypeTraits.For(t.Wanted).Name, GgmlTypeTraits.For(t.Type).Name))],
            TensorBytesBefore = model.TensorBytes,
            TensorBytes = bytes,
            FileBytes = new FileInfo(target).Length,
            BitsPerWeight = values == 0 ? 0 : Math.Round(bytes * 8.0 / values, 3),
            Seconds = 0,
        };
    }
}
