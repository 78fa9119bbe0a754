namespace WasmChord.Bench.Compare;

/// <summary>
/// Where nothing limits: only a process that bounds itself can be measured under a limit. An address-space limit
/// (<c>setrlimit(2)</c>) would be no substitute: it refuses a mapped model whole instead of making it page.
/// </summary>
internal sealed class NoLimiter : MemoryLimiter
{
    public override string Description => "none: no control group can be made here, so peers are not measured under a limit and ours keeps to its own budget";

    public override bool CanLimit => false;

    public override IMemoryGroup Open(long? limitBytes) => new Group();

    private sealed class Group : IMemoryGroup
    {
        public long? PeakBytes => null;

        public ProcessCommand Enter(ProcessCommand command) => command;

        public void Dispose()
        {
        }
    }
}
