namespace WasmChord.Bench.Compare;

/// <summary>What is to be compared, and how. Sizes are bytes.</summary>
internal sealed record CaseOptions
{
    public required string Model { get; init; }

    /// <summary>The command that runs the tool, without its arguments.</summary>
    public required ProcessCommand Tool { get; init; }

    /// <summary>Further arguments of the tool's <c>bench</c> and <c>generate</c>.</summary>
    public IReadOnlyList<string> ToolArguments { get; init; } = [];

    public IReadOnlyList<Peer> Peers { get; init; } = [];

    public IReadOnlySet<CaseKind> Kinds { get; init; } = new HashSet<CaseKind>();

    public int Threads { get; init; } = 2;

    /// <summary>Runs that count within each process.</summary>
    public int Repeats { get; init; } = 1;

    public IReadOnlyList<int> Prompts { get; init; } = [64, 512];

    public int NewTokens { get; init; } = 16;

    /// <summary>Tokens to generate under a limit, where they take seconds each.</summary>
    public int LimitedNewTokens { get; init; } = 8;

    public IReadOnlyList<long> Limits { get; init; } = [];

    /// <summary>What of a limit is left to the process for everything but the model; null to let ours find its budget.</summary>
    public long? HeadroomBytes { get; init; }

    public int Users { get; init; } = 8;

    /// <summary>Positions of each user's context.</summary>
    public int UserContext { get; init; } = 128;

    /// <summary>Limits under which the users are measured.</summary>
    public IReadOnlyList<long> UserLimits { get; init; } = [];

    public int BusyCount { get; init; } = 1;
}
