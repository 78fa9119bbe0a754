using System.CommandLine;

namespace WasmChord.Bench.Compare;

/// <summary><c>scaling</c>.</summary>
internal sealed class ScalingCommand : Command
{
    private readonly CommonOptions _common = new(rounds: 3);

    public ScalingCommand() : base("scaling", "How tokens per second and bytes per token change with budget, users and context.")
    {
        _common.AddTo(this);
    }
}
