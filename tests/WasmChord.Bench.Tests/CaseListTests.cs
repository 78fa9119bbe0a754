using WasmChord.Bench.Compare;

namespace WasmChord.Bench.Tests;

public sealed class CaseListTests
{
    private static readonly CaseOptions s_options = new()
    {
        Model = "m.gguf",
        Tool = new ProcessCommand("dotnet", ["wasmchord.dll"]),
        Peers = [new Peer("llama.cpp", "lb", "lbb", "lc", ["-mmp", "1"], ["-fa", "on"])],
        Kinds = Enum.GetValues<CaseKind>().ToHashSet(),
        Limits = [3L << 30, 1L << 30],
        UserLimits = [2L << 30],
        HeadroomBytes = 96 << 20,
    };

    [Fact]
    public void Build_EveryKind_NamesReferencesThatAreThere()
    {
        IReadOnlyList<ComparisonCase> cases = CaseList.Build(s_options);
        Assert.Equal(
            ["prefill 64", "prefill 512", "decode", "prefill 64, 1 busy beside", "decode, 1 busy beside", "decode, 3 GiB", "decode, 1 GiB", "8 users", "8 users, 2 GiB", "cold start to first token"],
            cases.Select(c => c.Name));
        Assert.All(cases.Where(c => c.Reference is not null), c => Assert.Contains(cases, other => other.Name == c.Reference));
        Assert.All(cases, c => Assert.Equal(["wasmchord", "llama.cpp"], c.Trials.Select(t => t.Contestant)));
    }

    [Fact]
    public void Build_BusyAlone_BringsTheQuietCasesItRefersTo() =>
        Assert.Equal(
            ["prefill 64", "decode", "prefill 64, 1 busy beside", "decode, 1 busy beside"],
            CaseList.Build(s_options with { Kinds = new HashSet<CaseKind> { CaseKind.Busy } }).Select(c => c.Name));

    [Fact]
    public void Build_UnderALimit_GivesOursTheLimitLessHeadroomAndStartsCold()
    {
        ComparisonCase test = CaseList.Build(s_options).Single(c => c.Name == "decode, 1 GiB");
        Assert.Equal((1L << 30, (1L << 30) - (96 << 20), true), (test.LimitBytes, test.BudgetBytes, test.StartsCold));
        Assert.EndsWith("--budget 973078528", test.Trials[0].Command.ToString(), StringComparison.Ordinal);
        Assert.Equal("lb -m m.gguf -p 0 -n 8 -r 1 -t 2 -o json -mmp 1", test.Trials[1].Command.ToString());
    }

    [Fact]
    public void Build_WithoutHeadroom_LetsOursChooseItsBudget() =>
        Assert.DoesNotContain("--budget", CaseList.Build(s_options with { HeadroomBytes = null }).Single(c => c.Name == "decode, 1 GiB").Trials[0].Command.Arguments);

    [Fact]
    public void Build_Users_AsksBothForTheSameContext()
    {
        ComparisonCase test = CaseList.Build(s_options).Single(c => c.Name == "8 users");
        Assert.Contains("--parallel 8 -c 128", test.Trials[0].Command.ToString());
        Assert.Contains("-c 1024 -npp 1 -ntg 16 -npl 8", test.Trials[1].Command.ToString());
    }

    [Fact]
    public void Build_PeerWithoutAProgram_LeavesItOutOfThatCase()
    {
        CaseOptions options = s_options with { Peers = [s_options.Peers[0] with { BatchedBench = null }] };
        Assert.Single(CaseList.Build(options).Single(c => c.Name == "8 users").Trials);
    }

    [Fact]
    public void Advantage_Seconds_CountsLessAsBetter()
    {
        Figures.Series ours = new([2]), theirs = new([6]);
        Assert.Equal(3, new ComparisonCase("", CaseUnit.Seconds, []).Advantage(ours, theirs));
        Assert.Equal(1.0 / 3, new ComparisonCase("", CaseUnit.TokensPerSecond, []).Advantage(ours, theirs), 12);
    }
}
