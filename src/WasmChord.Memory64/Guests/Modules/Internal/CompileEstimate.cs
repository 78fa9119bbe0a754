namespace WasmChord.Memory64;

/// <summary>
/// How long a module would keep a compiler busy, in nanoseconds of one core, summed up before it is compiled: compiling
/// can't be interrupted, and a few kilobytes can be made to take minutes. The costs are those of the worst shapes that
/// were found for each part, measured with Cranelift on x86-64; ordinary code takes about half. Two things make compilers
/// slow: values that are alive all through a function (locals, and what lies on the operand stack), because every
/// instruction, block and branch is paid for each of them; and blocks, because some tables are searched for every one.
/// Memory goes with time: about a byte and a half a nanosecond at most.
/// </summary>
internal sealed class CompileEstimate(TimeSpan limit)
{
    private const long PerInstruction = 2_000, PerInstructionAndValue = 15;
    private const long PerLongAddress = 8_000; // bounds of 64-bit memories are checked by instructions
    private const long PerTrap = 3_000, PerCall = 5_000;
    private const long PerBlock = 8_000, PerBlockAndValue = 150, PerBlockBefore = 8;
    private const long PerLoopAndValue = 700;
    private const long PerHiddenBlocks = 90_000;
    private const long PerBranchAndValue = 760;
    private const long PerBranchTarget = 200;
    private const long PerFunction = 45_000, PerReferable = 110_000, PerType = 120_000, PerPairOfValues = 16;
    private const long PerConstant = 4_000, PerElement = 10_000, PerSegment = 15_000, PerDeclaration = 2_000;

    private readonly long _limit = limit.Ticks > long.MaxValue / TimeSpan.NanosecondsPerTick ? long.MaxValue : limit.Ticks * TimeSpan.NanosecondsPerTick;
    private long _sum;

    /// <summary>What has been added up.</summary>
    public TimeSpan Sum => TimeSpan.FromTicks(_sum / TimeSpan.NanosecondsPerTick);

    /// <summary>A type of functions: compilers make the passages to and from the host for it.</summary>
    public void AddType(GuestFunctionType type, int offset) => Add(PerType + Passage(type), offset);

    /// <summary>A function that the module defines.</summary>
    public void AddFunction(GuestFunctionType type, int offset) => Add(PerFunction + Passage(type), offset);

    /// <summary>A function that may be called from outside, or through a table.</summary>
    public void AddReferable(GuestFunctionType type, int offset) => Add(PerReferable + Passage(type), offset);

    /// <summary>An import, an export or a global.</summary>
    public void AddDeclaration(GuestFunctionType? type, int offset) =>
        Add(PerDeclaration + 20L * ((type?.Parameters.Count ?? 0) + (type?.Results.Count ?? 0)), offset);

    /// <summary>An instruction of a constant expression.</summary>
    public void AddConstant(int offset) => Add(PerConstant, offset);

    /// <summary>An element segment or data segment.</summary>
    public void AddSegment(int offset) => Add(PerSegment, offset);

    /// <summary>Elements of a segment, one or several.</summary>
    public void AddElements(long count, int offset) => Add(PerElement * count, offset);

    /// <summary>An instruction while so many values are alive.</summary>
    public void AddInstruction(long alive, int offset) => Add(PerInstruction + PerInstructionAndValue * alive, offset);

    /// <summary>An access to a memory of 64 bits.</summary>
    public void AddLongAddress(int offset) => Add(PerLongAddress, offset);

    /// <summary>An instruction that may trap.</summary>
    public void AddTrap(int offset) => Add(PerTrap, offset);

    /// <summary>A call, of a function or of the host's help.</summary>
    public void AddCall(int offset) => Add(PerCall, offset);

    /// <summary>A block, after so many others of its function.</summary>
    /// <param name="alive">Values that may flow into it.</param>
    /// <param name="loops">For a loop the loops that it lies in, itself included; else 0.</param>
    /// <param name="before">Blocks of the function before it.</param>
    /// <param name="offset">Where.</param>
    public void AddBlock(long alive, int loops, long before, int offset) =>
        Add(PerBlock + (PerBlockAndValue + PerLoopAndValue * loops) * alive + PerBlockBefore * before, offset);

    /// <summary>An instruction that becomes blocks, such as a call through a table.</summary>
    public void AddHiddenBlocks(long alive, long before, int offset) =>
        Add(PerHiddenBlocks + 2 * (PerBlockAndValue * alive + PerBlockBefore * before), offset);

    /// <summary>A branch, or one of the targets of a table of branches.</summary>
    public void AddBranch(long alive, int offset) => Add(PerBranchTarget + PerBranchAndValue * alive, offset);

    private static long Passage(GuestFunctionType type)
    {
        long values = type.Parameters.Count + type.Results.Count;
        return PerPairOfValues * values * values;
    }

    private void Add(long nanoseconds, int offset)
    {
        _sum += nanoseconds;
        if (_sum <= _limit) return;
        throw GuestRefusals.TooLarge(
            $"the module up to here would take a compiler more than {_limit / 1_000_000} ms, as many as are allowed: too many blocks, or functions, or values alive in them", offset);
    }
}
