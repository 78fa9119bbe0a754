using System.Globalization;
using WasmChord.Memory64;

namespace WasmChord.Bench.Compare;

/// <summary>Turns options into cases: the only place that knows the command lines of the contestants.</summary>
internal static class CaseList
{
    private const string ColdPrompt = "Once upon a time";

    /// <summary>The cases, those first that later ones refer to.</summary>
    public static IReadOnlyList<ComparisonCase> Build(CaseOptions options)
    {
        List<ComparisonCase> cases = [];
        if (options.Kinds.Contains(CaseKind.Prefill))
            foreach (int prompt in options.Prompts) cases.Add(Bench(options, prompt, 0));
        if (options.Kinds.Contains(CaseKind.Decode)) cases.Add(Bench(options, 0, options.NewTokens));
        if (options.Kinds.Contains(CaseKind.Busy))
        {
            // What is lost to a neighbour can be told only beside the same without one.
            if (!options.Kinds.Contains(CaseKind.Prefill) && options.Prompts.Count > 0) cases.Add(Bench(options, options.Prompts[0], 0));
            if (!options.Kinds.Contains(CaseKind.Decode)) cases.Add(Bench(options, 0, options.NewTokens));
            if (options.Prompts.Count > 0) cases.Add(Bench(options, options.Prompts[0], 0, busyCount: options.BusyCount));
            cases.Add(Bench(options, 0, options.NewTokens, busyCount: options.BusyCount));
        }
        if (options.Kinds.Contains(CaseKind.Limited))
            foreach (long limit in options.Limits) cases.Add(Bench(options, 0, options.LimitedNewTokens, limit));
        if (options.Kinds.Contains(CaseKind.Users))
        {
            cases.Add(Users(options, options.NewTokens, null));
            foreach (long limit in options.UserLimits) cases.Add(Users(options, options.LimitedNewTokens, limit));
        }
        if (options.Kinds.Contains(CaseKind.Cold)) cases.Add(Cold(options));
        return cases;
    }

    private static ComparisonCase Bench(CaseOptions options, int prompt, int generate, long? limit = null, int busyCount = 0)
    {
        string kind = generate == 0 ? $"prefill {prompt}" : "decode", test = generate == 0 ? $"pp{prompt}" : $"tg{generate}";
        List<Trial> trials =
        [
            new(Trial.Ours, Tool(options, limit, "bench", options.Model, "-p", Text(prompt), "-n", Text(generate), "-r", Text(options.Repeats)),
                outcome => ToolOutput.Bench(outcome.Output, test)),
        ];
        foreach (Peer peer in options.Peers)
        {
            if (peer.Bench is null) continue;
            ProcessCommand command = new(peer.Bench,
                ["-m", options.Model, "-p", Text(prompt), "-n", Text(generate), "-r", Text(options.Repeats), "-t", Text(options.Threads), "-o", "json", .. peer.Arguments]);
            trials.Add(new Trial(peer.Name, command, outcome => LlamaBenchOutput.Read(outcome.Output, prompt, generate)));
        }
        return new ComparisonCase(kind + Place(limit, busyCount), CaseUnit.TokensPerSecond, trials)
        {
            LimitBytes = limit,
            BudgetBytes = Budget(options, limit),
            BusyCount = busyCount,
            StartsCold = limit is not null,
            Reference = limit is null && busyCount == 0 ? null : kind,
        };
    }

    private static ComparisonCase Users(CaseOptions options, int generate, long? limit)
    {
        string kind = $"{options.Users} users";
        List<Trial> trials =
        [
            new(Trial.Ours, Tool(options, limit, "bench", options.Model, "-p", "0", "-n", Text(generate), "-r", Text(options.Repeats),
                    "--parallel", Text(options.Users), "-c", Text(options.UserContext)),
                outcome => ToolOutput.Bench(outcome.Output, $"tg{generate}")),
        ];
        foreach (Peer peer in options.Peers)
        {
            if (peer.BatchedBench is null) continue;
            ProcessCommand command = new(peer.BatchedBench,
                ["-m", options.Model, "-c", Text(options.Users * options.UserContext), "-npp", "1", "-ntg", Text(generate), "-npl", Text(options.Users),
                    "-t", Text(options.Threads), "--output-format", "jsonl", .. peer.CommonArguments]);
            trials.Add(new Trial(peer.Name, command, outcome => BatchedBenchOutput.Read(outcome.Output, options.Users)));
        }
        return new ComparisonCase(kind + Place(limit, 0), CaseUnit.TokensPerSecond, trials)
        {
            LimitBytes = limit,
            BudgetBytes = Budget(options, limit),
            Users = options.Users,
            StartsCold = limit is not null,
            Reference = limit is null ? null : kind,
        };
    }

    private static ComparisonCase Cold(CaseOptions options)
    {
        List<Trial> trials =
        [
            new(Trial.Ours, Tool(options, null, "generate", options.Model, "-p", ColdPrompt, "-n", "1", "--temp", "0", "-c", Text(options.UserContext)), FirstToken),
        ];
        foreach (Peer peer in options.Peers)
        {
            if (peer.Cli is null) continue;
            ProcessCommand command = new(peer.Cli,
                ["-m", options.Model, "-p", ColdPrompt, "-n", "1", "--temp", "0", "-c", Text(options.UserContext), "-t", Text(options.Threads), "-no-cnv", "--no-display-prompt",
                    .. peer.CommonArguments]);
            trials.Add(new Trial(peer.Name, command, FirstToken));
        }
        return new ComparisonCase("cold start to first token", CaseUnit.Seconds, trials) { StartsCold = true };
    }

    /// <summary>One token is asked for and shown without the prompt, so the first output is that token.</summary>
    private static Reading FirstToken(ProcessOutcome outcome) =>
        new(outcome.FirstOutputSeconds ?? throw new OutputFormatException("the process ended without showing a token"));

    private static ProcessCommand Tool(CaseOptions options, long? limit, params IReadOnlyList<string> arguments)
    {
        List<string> all = [.. options.Tool.Arguments, .. arguments, "-t", Text(options.Threads), .. options.ToolArguments];
        if (arguments[0] == "bench") all.Add("--json");
        if (Budget(options, limit) is { } budget) all.AddRange(["--budget", Text(budget)]);
        return options.Tool with { Arguments = all };
    }

    private static long? Budget(CaseOptions options, long? limit) => limit is { } l && options.HeadroomBytes is { } headroom ? l - headroom : null;

    private static string Place(long? limit, int busyCount) =>
        limit is { } bytes ? $", {ByteSize.Format(bytes)}" : busyCount > 0 ? $", {busyCount} busy beside" : "";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
