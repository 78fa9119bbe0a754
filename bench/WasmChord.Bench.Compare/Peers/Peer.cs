namespace WasmChord.Bench.Compare;

/// <summary>A build of llama.cpp, or one way to run it.</summary>
/// <param name="Name">Its column.</param>
/// <param name="Bench">Path of <c>llama-bench</c>; null where it is not measured.</param>
/// <param name="BatchedBench">Path of <c>llama-batched-bench</c>.</param>
/// <param name="Cli">Path of <c>llama-cli</c>, or of <c>llama-completion</c> in versions that have one.</param>
/// <param name="Arguments">Further arguments of <c>llama-bench</c>.</param>
/// <param name="CommonArguments">Further arguments of the other two, which name the same things otherwise.</param>
internal sealed record Peer(
    string Name, string? Bench, string? BatchedBench, string? Cli, IReadOnlyList<string> Arguments, IReadOnlyList<string> CommonArguments)
{
    /// <summary>The name of a peer that is not named.</summary>
    public const string DefaultName = "llama.cpp";

    /// <summary>Gathers <c>[NAME=]VALUE</c> options into peers, in the order of their first mention.</summary>
    /// <exception cref="ArgumentException">Arguments are given to a peer without a program.</exception>
    public static IReadOnlyList<Peer> Gather(
        IEnumerable<string> bench, IEnumerable<string> batchedBench, IEnumerable<string> cli, IEnumerable<string> arguments, IEnumerable<string> commonArguments)
    {
        List<Peer> peers = [];
        foreach (string value in bench) Change(value, (p, v) => p with { Bench = v });
        foreach (string value in batchedBench) Change(value, (p, v) => p with { BatchedBench = v });
        foreach (string value in cli) Change(value, (p, v) => p with { Cli = v });
        int programs = peers.Count;
        foreach (string value in arguments) Change(value, (p, v) => p with { Arguments = Words(v) });
        foreach (string value in commonArguments) Change(value, (p, v) => p with { CommonArguments = Words(v) });
        if (peers.Count > programs) throw new ArgumentException($"'{peers[programs].Name}' has arguments and no program");
        return peers;

        void Change(string option, Func<Peer, string, Peer> change)
        {
            (string name, string value) = Split(option);
            int index = peers.FindIndex(p => p.Name == name);
            if (index < 0)
            {
                index = peers.Count;
                peers.Add(new Peer(name, null, null, null, [], []));
            }
            peers[index] = change(peers[index], value);
        }
    }

    /// <summary>A name is what stands before the first <c>=</c>, unless that looks like a path or an option.</summary>
    private static (string Name, string Value) Split(string option)
    {
        int equals = option.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && option[0] != '-' && !option[..equals].Contains('/', StringComparison.Ordinal)
            ? (option[..equals], option[(equals + 1)..])
            : (DefaultName, option);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
