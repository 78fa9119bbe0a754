namespace WasmChord.Memory64.Tests.Guests;

/// <summary>
/// Each instruction that touches a memory, on memory 0 and memory 1, either of which is the weights or the guest's own,
/// in every form of its immediates. The engine validates each module, so that a refusal is about the weights alone.
/// </summary>
public sealed class CodeWalkerTests : IClassFixture<RefereeEngine>
{
    private readonly RefereeEngine _referee;

    public CodeWalkerTests(RefereeEngine referee) => _referee = referee;

    /// <summary>Prefix and opcode of each; xunit shows them.</summary>
    public static TheoryData<byte, uint> Instructions
    {
        get
        {
            TheoryData<byte, uint> data = [];
            foreach (MemoryInstruction instruction in MemoryInstruction.All) data.Add(instruction.Prefix, instruction.Opcode);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Instructions))]
    public void MemoryInstruction_OnEitherMemory_IsRefusedOnlyWhereItWritesTheWeights(byte prefix, uint opcode)
    {
        MemoryInstruction instruction = MemoryInstruction.All.Single(other => other.Prefix == prefix && other.Opcode == opcode);
        int[] sources = instruction.Operands == MemoryOperands.TwoMemories ? [0, 1] : [0];
        foreach (int weights in (int[])[-1, 0, 1])
        {
            foreach (int memory in (int[])[0, 1])
            {
                foreach (int source in sources)
                {
                    foreach (int atLeast in (int[])[1, 3, 10])
                    {
                        Check(instruction, weights, memory, source, isExplicit: false, atLeast);
                        Check(instruction, weights, memory, source, isExplicit: true, atLeast);
                    }
                }
            }
        }
    }

    [Fact]
    public void MemoryInstructions_Listed_AreAllThatTheDecoderKnows()
    {
        HashSet<(byte, uint)> known = [];
        Collect(0, Opcodes.Plain);
        Collect(0xFC, Opcodes.Miscellaneous);
        Collect(0xFD, Opcodes.Vector);
        Collect(0xFE, Opcodes.Atomic);
        Assert.Equal([.. MemoryInstruction.All.Select(instruction => (instruction.Prefix, instruction.Opcode)).Order()], known.Order().ToArray());

        void Collect(byte prefix, Opcodes table)
        {
            for (uint opcode = 0; opcode < table.Count; opcode++)
            {
                if (table.FormOf(opcode) >= OperandForm.Load) known.Add((prefix, opcode));
            }
        }
    }

    [Fact]
    public void Store_InCodeThatIsNeverReached_IsRefusedAllTheSame()
    {
        WasmModuleBuilder builder = Layout(weights: 0);
        WasmCode code = new WasmCode().Bytes(0x0F).I64(0).I32(0).Bytes(0x36).MemoryArgument(2, 0);
        builder.Function(0, code);
        Assert.Null(_referee.Validate(builder.Build()));
        Assert.Equal(GuestModuleError.WritesWeights, Refuse(builder.Build()).Code);
    }

    [Fact]
    public void Refusal_OfAStore_NamesPlaceFunctionInstructionAndMemory()
    {
        WasmModuleBuilder builder = Layout(weights: 1);
        builder.ImportFunction("wasmchord", "layer_count", builder.Type([], [0x7F]));
        builder.Function(0, new WasmCode().Bytes(0x01));
        builder.Function(0, new WasmCode().Unreachable().Bytes(0x37).MemoryArgument(3, 1, 5));
        byte[] module = builder.Build();
        GuestModuleException refusal = Refuse(module);
        int offset = module.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x37, 0x43, 1, 5]);
        Assert.Equal(offset, refusal.Offset);
        Assert.Contains($"0x{offset:x}: function 2: i64.store (0x37) could write to memory 1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightsImportedTwice_StoreToEither_IsRefused()
    {
        foreach (int memory in (int[])[0, 1])
        {
            WasmModuleBuilder builder = new();
            builder.Type([], []);
            builder.ImportWeights().ImportWeights().Function(0, new WasmCode().Unreachable().Bytes(0x36).MemoryArgument(2, memory));
            Assert.Equal(GuestModuleError.WritesWeights, Refuse(builder.Build()).Code);
        }
    }

    [Fact]
    public void Blocks_NestedBeyondTheLimit_AreTooLargeAndNothingOverflows()
    {
        const int Depth = 1_000_000;
        WasmCode code = new();
        for (int i = 0; i < Depth; i++) code.Bytes(0x02, 0x40);
        for (int i = 0; i < Depth; i++) code.Bytes(0x0B);
        WasmModuleBuilder builder = Layout(weights: 0);
        builder.Function(0, code);
        Assert.Equal(GuestModuleError.TooLarge, Refuse(builder.Build()).Code);
        GuestModuleLimits wide = new() { MaximumNesting = Depth + 1, MaximumCompileTime = TimeSpan.MaxValue };
        Assert.Equal(1, GuestModuleReader.Read(builder.Build(), wide).FunctionCount);
    }

    [Theory]
    [InlineData(400, 100, true, true)]
    [InlineData(100, 100, true, false)]
    [InlineData(9_000, 100, false, false)]
    [InlineData(9_000, 2_000, false, true)]
    public void Function_OfManyLocalsInManyBlocks_TakesTooLong(int blocks, uint locals, bool areLoops, bool refused)
    {
        WasmCode code = new();
        for (int i = 0; i < blocks; i++) code.Bytes(areLoops ? (byte)0x03 : (byte)0x02, 0x40);
        for (int i = 0; i < blocks; i++) code.Bytes(0x0B);
        WasmModuleBuilder builder = Layout(weights: 0);
        builder.Function(0, code, (locals, 0x7F));

        // Loops count for each loop that they lie in: n of them make n (n + 1) / 2.
        long pairs = locals * (areLoops ? blocks * (blocks + 1L) / 2 : blocks);
        AssertEstimate(builder.Build(), atLeast: TimeSpan.FromMicroseconds(pairs * 0.15), refused);
    }

    [Fact]
    public void Function_OfManyBranchesWithManyValues_TakesLong()
    {
        const int Values = 500, Branches = 1_000;
        WasmModuleBuilder builder = Layout(weights: 0);
        int type = builder.Type([], [.. Enumerable.Repeat((byte)0x7F, Values)]);
        WasmCode code = new();
        code.Bytes(0x02).S(type).Unreachable();
        for (int i = 0; i < Branches; i++) code.Bytes(0x0E, 1, 0, 0);
        code.Bytes(0x0B, 0x00);
        builder.Function(0, code);
        byte[] module = builder.Build();
        Assert.Null(_referee.Validate(module));
        AssertEstimate(module, atLeast: TimeSpan.FromMicroseconds(2 * Branches * Values * 0.5), refused: false);
    }

    [Theory]
    [InlineData(3_000, false)]
    [InlineData(15_000, true)]
    public void Function_OfManyValuesOnTheStack_TakesTooLong(int values, bool refused)
    {
        // In a straight line, without a local: each load stays alive until the sums at the end.
        WasmCode code = new();
        for (int i = 0; i < values; i++) code.I64(0).Bytes(0x28).MemoryArgument(2, 0, (ulong)i * 4);
        for (int i = 0; i < values - 1; i++) code.Bytes(0x6A);
        WasmModuleBuilder builder = Layout(weights: 0);
        builder.Function(0, code.Drop());
        byte[] module = builder.Build();
        Assert.Null(_referee.Validate(module));
        AssertEstimate(module, atLeast: TimeSpan.FromMicroseconds((double)values * values * 0.015), refused);
    }

    [Fact]
    public void Function_OfValuesThatAreDroppedInTime_TakesNoLongerForThem()
    {
        TimeSpan once = EstimateOf(10_000, isKept: false), kept = EstimateOf(10_000, isKept: true);
        Assert.True(kept > 5 * once, $"{kept} for values that stay, {once} for values that go");

        static TimeSpan EstimateOf(int values, bool isKept)
        {
            WasmCode code = new();
            for (int i = 0; i < values; i++)
            {
                code.I32(i);
                if (!isKept) code.Drop();
            }

            for (int i = 0; i < values && isKept; i++) code.Drop();
            WasmModuleBuilder builder = Layout(weights: 0);
            builder.Function(0, code);
            return GuestModuleReader.Read(builder.Build(), new GuestModuleLimits { MaximumCompileTime = TimeSpan.MaxValue }).CompileTime;
        }
    }

    /// <summary>The estimate is at least so much; it is what decides, to the last tick, and the default refuses or not.</summary>
    private static void AssertEstimate(byte[] module, TimeSpan atLeast, bool refused)
    {
        TimeSpan estimate = GuestModuleReader.Read(module, new GuestModuleLimits { MaximumCompileTime = TimeSpan.MaxValue }).CompileTime;
        Assert.True(estimate >= atLeast, $"{estimate} of at least {atLeast}");
        GuestModuleReader.Read(module, new GuestModuleLimits { MaximumCompileTime = estimate + TimeSpan.FromTicks(1) });
        GuestModuleException e = Assert.Throws<GuestModuleException>(
            () => GuestModuleReader.Read(module, new GuestModuleLimits { MaximumCompileTime = estimate - TimeSpan.FromTicks(1) }));
        Assert.Equal(GuestModuleError.TooLarge, e.Code);
        if (refused) Assert.Contains("more than 2000 ms", Refuse(module).Message, StringComparison.Ordinal);
        else GuestModuleReader.Read(module, new GuestModuleLimits());
    }

    [Theory]
    [InlineData(new byte[] { 0x0B }, "left at the end")]
    [InlineData(new byte[] { 0x02, 0x40 }, "the bytes end")]
    [InlineData(new byte[] { 0x05 }, "else (0x05) is outside an if")]
    [InlineData(new byte[] { 0x04, 0x40, 0x05, 0x05, 0x0B }, "else (0x05) is outside an if")]
    [InlineData(new byte[] { 0x0C, 0x01 }, "label 1 of 1")]
    [InlineData(new byte[] { 0x20, 0x00 }, "local 0 of 0")]
    [InlineData(new byte[] { 0x10, 0x05 }, "function 5 of 1")]
    [InlineData(new byte[] { 0x23, 0x00 }, "global 0 of 0")]
    [InlineData(new byte[] { 0x02, 0x09, 0x0B }, "block type 9 of 1")]
    [InlineData(new byte[] { 0x02, 0x41, 0x0B }, "0x41 begins no value type")]
    [InlineData(new byte[] { 0x02, 0xFF, 0x7F, 0x0B }, "block type -1")]
    [InlineData(new byte[] { 0x36, 0x42, 0x02, 0x00 }, "memory 2 of 2")]
    [InlineData(new byte[] { 0x36, 0x80, 0x01, 0x00 }, "alignment 0x80")]
    [InlineData(new byte[] { 0xFE, 0x03, 0x01 }, "atomic.fence (0xfe 0x03) is not followed by zero")]
    [InlineData(new byte[] { 0xFC, 0x09, 0x00 }, "no data count section")]
    [InlineData(new byte[] { 0x0E, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, "branch targets where")]
    [InlineData(new byte[] { 0xD0, 0x7E }, "heap type -2 of 1")]
    public void Code_Malformed_IsRefusedWithTheReason(byte[] code, string reason)
    {
        WasmModuleBuilder builder = Layout(weights: -1);
        builder.Function(0, new WasmCode().Bytes(code));
        GuestModuleException refusal = Refuse(builder.Build());
        Assert.Equal(GuestModuleError.Malformed, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(_referee.Validate(builder.Build()));
    }

    [Theory]
    [InlineData(new byte[] { 0xFB, 0x00, 0x00 }, "garbage collection")]
    [InlineData(new byte[] { 0xD3 }, "garbage collection")]
    [InlineData(new byte[] { 0xD0, 0x6E }, "garbage collection")]
    [InlineData(new byte[] { 0x06, 0x40, 0x0B }, "legacy exceptions")]
    [InlineData(new byte[] { 0xE0, 0x00 }, "stack switching")]
    [InlineData(new byte[] { 0xFC, 0x12, 0x00 }, "memory control")]
    public void Code_OfAnExtensionForOthers_IsRefusedByName(byte[] code, string feature)
    {
        WasmModuleBuilder builder = Layout(weights: -1);
        builder.Function(0, new WasmCode().Bytes(code));
        GuestModuleException refusal = Refuse(builder.Build());
        Assert.Equal(GuestModuleError.UnsupportedFeature, refusal.Code);
        Assert.Contains(feature, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Two memories of 64 bits: which of them is the weights, or neither. Type 0 takes and returns nothing.</summary>
    private static WasmModuleBuilder Layout(int weights)
    {
        WasmModuleBuilder builder = new();
        builder.Type([], []);
        switch (weights)
        {
            case 0: return builder.ImportWeights().Memory(1, is64Bit: true);
            case 1: return builder.ImportMemory("env", "weights", 1, is64Bit: true).ImportWeights();
            default: return builder.Memory(1, is64Bit: true).Memory(1, is64Bit: true);
        }
    }

    private static GuestModuleException Refuse(byte[] module) =>
        Assert.Throws<GuestModuleException>(() => GuestModuleReader.Read(module, new GuestModuleLimits()));

    private void Check(MemoryInstruction instruction, int weights, int memory, int source, bool isExplicit, int atLeast)
    {
        WasmModuleBuilder builder = Layout(weights);
        if (instruction.Operands == MemoryOperands.DataAndMemory) builder.PassiveData([1, 2, 3]);
        WasmCode code = instruction.Write(new WasmCode().Unreachable(), memory, source, isExplicit, atLeast, offset: 0x7F);

        // The walk must still be in step after it: a write to the weights that follows is found at its own place.
        byte[] marker = new WasmCode().Bytes(0x3E).MemoryArgument(0, Math.Max(weights, 0), 0x1234567, isExplicit: true).ToArray();
        code.Unreachable().Bytes(marker);
        builder.Function(0, code);
        byte[] module = builder.Build();
        string what = $"{instruction} on memory {memory} from {source}, weights {weights}, explicit {isExplicit}, {atLeast} bytes";
        Assert.True(_referee.Validate(module) is null, $"{what}: {_referee.Validate(module)}");
        if (weights < 0)
        {
            GuestModuleInfo info = GuestModuleReader.Read(module, new GuestModuleLimits());
            Assert.False(info.ImportsWeights);
            return;
        }

        GuestModuleException refusal = Refuse(module);
        Assert.True(refusal.Code == GuestModuleError.WritesWeights, $"{what}: {refusal.Message}");
        int marked = module.AsSpan().LastIndexOf(marker);
        bool mustRefuse = instruction.Writes && memory == weights;
        Assert.True(mustRefuse ? refusal.Offset < marked : refusal.Offset == marked, $"{what}: {refusal.Message}, the marker is at 0x{marked:x}");
        if (mustRefuse) return;

        WasmModuleBuilder clean = Layout(weights);
        if (instruction.Operands == MemoryOperands.DataAndMemory) clean.PassiveData([1, 2, 3]);
        clean.Function(0, instruction.Write(new WasmCode().Unreachable(), memory, source, isExplicit, atLeast).Unreachable());
        Assert.True(GuestModuleReader.Read(clean.Build(), new GuestModuleLimits()).ImportsWeights);
    }
}
