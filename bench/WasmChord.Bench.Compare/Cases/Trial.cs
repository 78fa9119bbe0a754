namespace WasmChord.Bench.Compare;

/// <summary>How one contestant does a case.</summary>
/// <param name="Contestant">Who.</param>
/// <param name="Command">What is run.</param>
/// <param name="Read">Takes the figure from what it wrote; throws <see cref="OutputFormatException"/>.</param>
internal sealed record Trial(string Contestant, ProcessCommand Command, Func<ProcessOutcome, Reading> Read)
{
    /// <summary>The contestant that this project is.</summary>
    public const string Ours = "wasmchord";
}
