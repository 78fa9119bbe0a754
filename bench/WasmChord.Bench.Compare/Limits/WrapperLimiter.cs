using System.Globalization;

namespace WasmChord.Bench.Compare;

/// <summary>Limits by a command that the user names, such as <c>systemd-run --user --scope -p MemoryMax={bytes} --</c>.</summary>
/// <param name="wrapper">The command, with <c>{bytes}</c> for the limit; words are separated by spaces.</param>
internal sealed class WrapperLimiter(string wrapper) : MemoryLimiter
{
    public override string Description => wrapper;

    public override bool CanLimit => true;

    public override IMemoryGroup Open(long? limitBytes) => new Group(limitBytes is { } bytes
        ? wrapper.Replace("{bytes}", bytes.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)
        : []);

    private sealed class Group(string[] words) : IMemoryGroup
    {
        public long? PeakBytes => null;

        public ProcessCommand Enter(ProcessCommand command) => words.Length == 0 ? command : command.Behind(words[0], words[1..]);

        public void Dispose()
        {
        }
    }
}
