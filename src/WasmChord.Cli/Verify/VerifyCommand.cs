using System.CommandLine;
using System.Diagnostics;
using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary><c>verify</c>: reads all of a model, and checks sizes, values and checksums.</summary>
internal sealed class VerifyCommand : ToolCommand
{
    private const int MaxProblems = 100;

    private readonly Argument<string> _model = ModelArgument();
    private readonly Option<bool> _writeChecksums = new("--write-checksums")
    {
        Description = "Write the checksums beside the model (MODEL.xxh3), when nothing is wrong; the engine then verifies even first reads.",
    };

    public VerifyCommand(ToolOutput output) : base(output, "verify", "Reads everything, and checks sizes, finite values, and checksums.")
    {
        Add(_model);
        Add(_writeChecksums);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using GgufModel model = await ModelFile.OpenWithDataAsync(parsed.GetRequiredValue(_model), cancellationToken).ConfigureAwait(false);
        ModelFile.RequireLittleEndian(model);
        long start = Stopwatch.GetTimestamp();
        ModelCheck check = new(model);
        await JobProgress.RunAsync(Output, "verify", model.TensorBytes, progress =>
        {
            check.Run(progress, cancellationToken);
            return Task.FromResult(true);
        }).ConfigureAwait(false);

        VerifyProblem[] problems = [.. check.Problems.Take(MaxProblems)];
        bool ok = problems.Length == 0;
        Output.Write(
            new VerifyReport
            {
                Ok = ok,
                FileCount = model.Files.Count,
                TensorCount = model.Tensors.Count,
                UnknownTensors = [.. model.Manifest.Unknown.Select(t => t.Name)],
                TensorBytes = model.TensorBytes,
                Blocks = check.Blocks,
                ChecksumsVerified = check.ChecksumsVerified,
                ChecksumsMissing = check.ChecksumsMissing,
                ChecksumFiles = ok && parsed.GetValue(_writeChecksums) ? check.WriteChecksums() : null,
                Seconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 3),
                Problems = problems,
            },
            ToolJson.Default.VerifyReport);
        return ok ? ExitCode.Success : throw new ToolException("damaged", problems[0].Message);
    }
}
