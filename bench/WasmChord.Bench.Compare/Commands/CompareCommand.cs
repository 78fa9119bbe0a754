using System.CommandLine;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Bench.Compare;

/// <summary>
/// <c>run</c>: wasmchord and its peers on the same file, with the same threads and within the same memory, in turns. The
/// report is written anew after each case, so that a run that is stopped leaves what it had.
/// </summary>
internal sealed class CompareCommand : Command
{
    private readonly CommonOptions _common = new(rounds: 3);
    private readonly Option<string[]> _bench = Named("--llama-bench", "llama-bench of a peer.");
    private readonly Option<string[]> _batchedBench = Named("--llama-batched-bench", "llama-batched-bench of a peer.");
    private readonly Option<string[]> _cli = Named("--llama-cli", "llama-cli of a peer.");
    private readonly Option<string[]> _peerArguments = Named("--peer-args", "Further arguments of a peer's llama-bench, in one string.", "ARGS");
    private readonly Option<string[]> _commonArguments = Named("--peer-common-args", "Further arguments of a peer's llama-batched-bench and llama-cli, in one string.", "ARGS");

    private readonly Option<IReadOnlyList<CaseKind>> _cases = CommonOptions.List<CaseKind>(
        "--cases", "Which cases: prefill, decode, limited, users, busy, cold.", "prefill,decode,limited,users,busy,cold",
        w => Enum.TryParse(w, ignoreCase: true, out CaseKind kind) && Enum.IsDefined(kind) ? kind : null);

    private readonly Option<IReadOnlyList<int>> _prompts = CommonOptions.List("--prompts", "Lengths of prompts.", "64,512", CommonOptions.Number);
    private readonly Option<int> _newTokens = CommonOptions.Count("--new-tokens", "Tokens to generate with the model in memory.", 16);
    private readonly Option<int> _limitedNewTokens = CommonOptions.Count("--limited-new-tokens", "Tokens to generate under a limit.", 8);
    private readonly Option<IReadOnlyList<long>> _limits = CommonOptions.List("--limits", "Memory limits for one user.", "3GiB,2GiB,1GiB", CommonOptions.Size);
    private readonly Option<IReadOnlyList<long>> _userLimits = CommonOptions.List("--user-limits", "Memory limits for several users.", "2GiB", CommonOptions.Size);
    private readonly Option<string> _headroom = new("--headroom") { Description = "What of a limit wasmchord leaves to all but the model, or auto to let it find its budget.", HelpName = "SIZE", DefaultValueFactory = _ => "96MiB" };
    private readonly Option<int> _users = CommonOptions.Count("--users", "Users at once.", 8);
    private readonly Option<int> _userContext = CommonOptions.Count("--user-context", "Positions of each user's context.", 128);
    private readonly Option<int> _busy = CommonOptions.Count("--busy", "Busy processes beside.", 1);

    public CompareCommand() : base("run", "Runs wasmchord and its peers in turns, and compares.")
    {
        _common.AddTo(this);
        foreach (Option option in new Option[] { _bench, _batchedBench, _cli, _peerArguments, _commonArguments, _cases, _prompts, _newTokens, _limitedNewTokens, _limits, _userLimits, _headroom, _users, _userContext, _busy })
            Add(option);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        CaseOptions options = Chosen(parsed);
        string folder = _common.Folder(parsed);
        long waveBytes, fileBytes;
        await using (GgufModel model = await GgufModel.OpenAsync(options.Model, cancellationToken).ConfigureAwait(false))
            (waveBytes, fileBytes) = (WaveWeights.Bytes(model), model.FileBytes);
        MemoryLimiter limiter = _common.Limiter(parsed);
        MachineFacts machine = MachineFacts.Read();
        using StorageProbe storage = new(options.Model);
        Comparison comparison = new(options.Model, limiter, storage, parsed.GetValue(_common.Rounds), TimeSpan.FromSeconds(parsed.GetValue(_common.TimeoutSeconds)), Console.Error);
        ComparisonReport report = new(CommonOptions.CommandLine(Environment.GetCommandLineArgs().Skip(1)), machine, limiter.Description, Path.GetFileName(options.Model), fileBytes, waveBytes, []);
        foreach (ComparisonCase test in CaseList.Build(options))
        {
            report = report with { Cases = [.. report.Cases, await comparison.RunAsync(test, cancellationToken).ConfigureAwait(false)] };
            await File.WriteAllTextAsync(Path.Join(folder, "compare.md"), report.ToMarkdown(), cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.Join(folder, "compare.json"), ReportJson.Of(report), cancellationToken).ConfigureAwait(false);
        }
        Console.WriteLine(report.ToMarkdown());
        Console.WriteLine($"written to {folder}");
        return report.Cases.Count > 0 && report.Cases.All(c => c.Of(Trial.Ours)?.Failure() is null) ? 0 : 1;
    }

    private CaseOptions Chosen(ParseResult parsed)
    {
        string headroom = parsed.GetRequiredValue(_headroom);
        return new CaseOptions
        {
            Model = _common.Model(parsed),
            Tool = _common.Tool(parsed),
            ToolArguments = _common.ToolArguments(parsed),
            Peers = Peer.Gather(parsed.GetRequiredValue(_bench), parsed.GetRequiredValue(_batchedBench), parsed.GetRequiredValue(_cli),
                parsed.GetRequiredValue(_peerArguments), parsed.GetRequiredValue(_commonArguments)),
            Kinds = parsed.GetRequiredValue(_cases).ToHashSet(),
            Threads = parsed.GetValue(_common.Threads),
            Repeats = parsed.GetValue(_common.Repeats),
            Prompts = parsed.GetRequiredValue(_prompts),
            NewTokens = parsed.GetValue(_newTokens),
            LimitedNewTokens = parsed.GetValue(_limitedNewTokens),
            Limits = parsed.GetRequiredValue(_limits),
            UserLimits = parsed.GetRequiredValue(_userLimits),
            HeadroomBytes = headroom == "auto" ? null : ByteSize.Parse(headroom),
            Users = parsed.GetValue(_users),
            UserContext = parsed.GetValue(_userContext),
            BusyCount = parsed.GetValue(_busy),
        };
    }

    private static Option<string[]> Named(string name, string description, string value = "PATH") => new(name)
    {
        Description = $"{description} May be repeated, with names for columns.",
        HelpName = $"[NAME=]{value}",
        DefaultValueFactory = _ => [],
    };
}
