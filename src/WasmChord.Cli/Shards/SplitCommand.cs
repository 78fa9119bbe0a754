using System.CommandLine;
using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary><c>split</c>: one model as shards, named and marked as llama.cpp's <c>gguf-split</c> does.</summary>
internal sealed class SplitCommand : ToolCommand
{
    // The default of gguf-split.
    private const int DefaultMaxTensors = 128;

    private readonly Argument<string> _model = ModelArgument();
    private readonly Argument<string> _prefix = new("OUT_PREFIX") { Description = "What the shards' names begin with: OUT_PREFIX-00001-of-00003.gguf." };
    private readonly Option<int?> _maxTensors = new("--max-tensors", "--split-max-tensors")
    {
        Description = $"Most tensors in a shard; {DefaultMaxTensors} where no limit is given.",
        HelpName = "N",
    };
    private readonly Option<long?> _maxSize = SizeOption("--max-size", "Most bytes of tensor data in a shard; a larger tensor has one to itself.");
    private readonly Option<bool> _noTensorsInFirst = new("--no-tensor-first-split") { Description = "Keep tensors out of the first shard." };

    public SplitCommand(ToolOutput output) : base(output, "split", "Divides a model into shards.")
    {
        Add(_model);
        Add(_prefix);
        Add(_maxTensors);
        Add(_maxSize);
        Add(_noTensorsInFirst);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int? maxTensors = parsed.GetValue(_maxTensors);
        long? maxSize = parsed.GetValue(_maxSize);
        if (maxTensors <= 0) throw ToolException.Usage($"--max-tensors: {maxTensors} is not positive");
        if (maxSize == 0) throw ToolException.Usage("--max-size: 0 is not positive");
        if (maxTensors is null && maxSize is null) maxTensors = DefaultMaxTensors;
        using GgufModel model = await ModelFile.OpenWithDataAsync(parsed.GetRequiredValue(_model), cancellationToken).ConfigureAwait(false);
        string prefix = parsed.GetRequiredValue(_prefix);
        if (model.Files.FirstOrDefault(f => GgufShardName.TryParse(Path.GetFullPath(f.Name), out GgufShardName? shard) && shard.Prefix == Path.GetFullPath(prefix)) is { } own)
            throw new ToolException("same_file", $"{own.Name} is a shard of that very prefix: name another prefix");
        GgufSplitOptions options = new(maxTensors, maxSize, parsed.GetValue(_noTensorsInFirst));
        IReadOnlyList<string> files = await JobProgress.RunAsync(Output, "split", model.TensorBytes, async progress =>
            await GgufSplitWriter.WriteAsync(ModelCopy.Of(model, progress), prefix, options, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        Output.Write(SplitReport.Of(files, model.Tensors.Count), ToolJson.Default.SplitReport);
        return ExitCode.Success;
    }
}
