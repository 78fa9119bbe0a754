using System.CommandLine;
using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary><c>merge</c>: the shards of a split model as one file.</summary>
internal sealed class MergeCommand : ToolCommand
{
    private readonly Argument<string> _first = new("FIRST_SHARD") { Description = "Any shard; the others are found by name." };
    private readonly Argument<string> _out = new("OUT") { Description = "The file to write." };

    public MergeCommand(ToolOutput output) : base(output, "merge", "Joins the shards of a split model into one file.")
    {
        Add(_first);
        Add(_out);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string target = parsed.GetRequiredValue(_out);
        using GgufModel model = await ModelFile.OpenWithDataAsync(parsed.GetRequiredValue(_first), cancellationToken).ConfigureAwait(false);
        OutputFile.RequireWritable(target, model.Files.Select(f => f.Name));
        await JobProgress.RunAsync(Output, "merge", model.TensorBytes, async progress =>
        {
            await ModelCopy.Of(model, progress).WriteAsync(target, cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        Output.Write(SplitReport.Of([target], model.Tensors.Count), ToolJson.Default.SplitReport);
        return ExitCode.Success;
    }
}
