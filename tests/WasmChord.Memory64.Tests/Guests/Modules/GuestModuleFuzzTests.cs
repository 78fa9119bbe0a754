using Wasmtime;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>
/// Random modules whose writer knows where the weights are written, and broken modules that the engine runs: what was
/// accepted must leave the weights as they were.
/// </summary>
public sealed class GuestModuleFuzzTests : IClassFixture<RefereeEngine>
{
    private const int PageBytes = 65_536;

    private readonly RefereeEngine _referee;

    public GuestModuleFuzzTests(RefereeEngine referee) => _referee = referee;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Read_RandomInstructions_FindsTheFirstWriteToTheWeightsWhereItWasWritten(int seed)
    {
        Random random = new(seed);
        InstructionWriter writer = new(seed);
        int refused = 0, accepted = 0;
        for (int i = 0; i < 600; i++)
        {
            int weights = random.Next(2);
            bool mayWrite = random.Next(2) == 0;
            WasmModuleBuilder builder = WasmModuleBuilder.WithWeights(weights);
            WasmCode code = new();
            int first = -1;
            int count = random.Next(1, 80);
            for (int j = 0; j < count; j++)
            {
                int start = code.Length + 1;
                if (writer.Write(code, weights, mayWrite) && first < 0) first = start;
            }

            code.Unreachable();
            builder.Function(0, code, (3, 0x7F));
            byte[] module = builder.Build();
            Assert.Null(_referee.Validate(module));
            int body = module.AsSpan().IndexOf(code.ToArray());
            GuestModuleException? refusal = Refusal(module);
            if (first < 0)
            {
                Assert.Null(refusal);
                accepted++;
            }
            else
            {
                Assert.Equal(GuestModuleError.WritesWeights, refusal?.Code);
                Assert.Equal(body + first, refusal!.Offset);
                refused++;
            }
        }

        Assert.True(refused > 100 && accepted > 100, $"{refused} refused, {accepted} accepted");
    }

    [Fact]
    public void Read_MutatedModules_AreRefusedOrLeaveTheWeightsAsTheyWere()
    {
        Random random = new(20_260);
        byte[][] seeds = [RunnableModule(0), RunnableModule(1), GuestModuleReaderTests.RichModule()];
        for (int i = 0; i < 2; i++) Assert.Equal((true, false), (RunsToItsEnd(seeds[i]), Run(seeds[i])));
        int accepted = 0, ran = 0, refusedThatWrite = 0;
        for (int i = 0; i < 20_000; i++)
        {
            int seed = random.Next(seeds.Length);
            byte[] mutant = Mutate(random, seeds[seed]);
            GuestModuleException? refusal = Refusal(mutant);
            if (refusal is null) accepted++;
            if (seed == 2) continue;
            if (refusal is not null && (refusal.Code != GuestModuleError.WritesWeights || refusedThatWrite >= 50)) continue;
            // Compiling takes 5 ms: every third is enough in each run of the tests.
            if ((refusal is null && i % 3 != 0) || _referee.Validate(mutant) is not null) continue;
            bool wrote = Run(mutant);
            if (refusal is null)
            {
                Assert.False(wrote, $"mutant {i} of module {seed} was accepted and wrote to the weights: {Convert.ToHexString(mutant)}");
                ran++;
            }
            else if (wrote)
            {
                // What the walk refuses does write when it runs: the test could fail.
                refusedThatWrite++;
            }
        }

        Assert.True(accepted > 1_000 && ran > 500 && refusedThatWrite == 50, $"{accepted} accepted, {ran} ran, {refusedThatWrite} of those refused write");
    }

    [Fact]
    public void Read_MutatedRandomInstructions_ThrowsNothingElse()
    {
        Random random = new(31);
        InstructionWriter writer = new(31);
        int accepted = 0;
        for (int i = 0; i < 100; i++)
        {
            WasmModuleBuilder builder = WasmModuleBuilder.WithWeights(i % 2);
            WasmCode code = new();
            for (int j = 0; j < 60; j++) writer.Write(code, i % 2, mayWriteWeights: false);
            builder.Function(0, code.Unreachable(), (3, 0x7F));
            byte[] module = builder.Build();
            Assert.Null(Refusal(module));
            for (int j = 0; j < 100; j++)
            {
                if (Refusal(Mutate(random, module)) is null) accepted++;
            }
        }

        Assert.InRange(accepted, 500, 9_500);
    }

    [Fact]
    public void Read_Garbage_IsRefusedAndNothingElse()
    {
        Random random = new(7);
        byte[] header = new WasmModuleBuilder().Build();
        for (int i = 0; i < 5_000; i++)
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            byte[] section = [.. header, (byte)random.Next(14), (byte)Math.Min(noise.Length, 127), .. noise];
            Refusal(noise);
            Refusal(section);
        }
    }

    /// <summary>
    /// A module whose exported functions use every memory instruction on its own memory with operands that fit, and
    /// load from the weights.
    /// </summary>
    private static byte[] RunnableModule(int weights)
    {
        int own = 1 - weights;
        WasmModuleBuilder builder = new();
        builder.Type([], []);
        if (weights == 0) builder.ImportWeights(1).Memory(1, 20, is64Bit: true);
        else builder.ImportMemory("env", "own", 1, 20, is64Bit: true).ImportWeights(1);
        builder.PassiveData([1, 2, 3, 4, 5, 6, 7, 8]).ActiveData(own, new WasmCode().I64(64), [9, 9], isExplicit: true);
        int functions = 0;
        foreach (MemoryInstruction[] group in MemoryInstruction.All.Chunk(8))
        {
            WasmCode code = new();
            foreach (MemoryInstruction instruction in group) WriteRunnable(code, instruction, own, weights);
            builder.Function(0, code);
            builder.Export($"f{functions}", 0, functions++);
        }

        return builder.Build();
    }

    /// <summary>Operands, the instruction, and drops of what it leaves.</summary>
    private static void WriteRunnable(WasmCode code, MemoryInstruction instruction, int own, int weights)
    {
        if (instruction.Prefix == 0xFE && instruction.Opcode is 1 or 2) return;
        switch (instruction.Operands)
        {
            case MemoryOperands.Memory:
                if (instruction.Opcode == 0x40) code.I64(1);
                if (instruction.Opcode == 11) code.I64(128).I32(7).I64(16);
                break;
            case MemoryOperands.DataAndMemory: code.I64(256).I32(0).I32(4); break;
            case MemoryOperands.TwoMemories: code.I64(512).I64(32).I64(16); break;
            default:
                code.I64(16);
                foreach (byte operand in Stored(instruction)) Constant(code, operand);
                if (instruction.Operands == MemoryOperands.ArgumentAndLane) Constant(code, 0x7B);
                break;
        }

        instruction.Write(code, own, weights);
        if (HasResult(instruction)) code.Drop();
        if (instruction.Writes || instruction.Operands != MemoryOperands.Argument) return;
        code.I64(16);
        instruction.Write(code, weights);
        code.Drop();
    }

    private static bool HasResult(MemoryInstruction instruction) => (instruction.Prefix, instruction.Opcode) switch
    {
        (0, >= 0x36 and <= 0x3E) => false,
        (0xFC, _) => false,
        (0xFD, 11 or (>= 88 and <= 91)) => false,
        (0xFE, >= 0x17 and <= 0x1D) => false,
        _ => true,
    };

    /// <summary>Types of what follows the address; lanes apart.</summary>
    private static byte[] Stored(MemoryInstruction instruction)
    {
        if (instruction.Prefix == 0xFD) return instruction.Opcode == 11 ? [0x7B] : [];
        if (instruction.Prefix == 0xFE) return StoredAtomically(instruction.Opcode);
        return instruction.Opcode switch
        {
            0x36 or 0x3A or 0x3B => [0x7F],
            0x37 or 0x3C or 0x3D or 0x3E => [0x7E],
            0x38 => [0x7D],
            0x39 => [0x7C],
            _ => [],
        };
    }

    private static byte[] StoredAtomically(uint opcode)
    {
        if (opcode == 0) return [0x7F];
        if (opcode < 0x17) return [];
        byte type = ((opcode - 0x10) % 7) is 0 or 2 or 3 ? (byte)0x7F : (byte)0x7E;
        return opcode >= 0x48 ? [type, type] : [type];
    }

    private static void Constant(WasmCode code, byte type)
    {
        switch (type)
        {
            case 0x7F: code.I32(0x1020304); break;
            case 0x7E: code.I64(0x102030405060708); break;
            case 0x7D: code.F32(1.5f); break;
            case 0x7C: code.F64(2.5); break;
            default: code.Bytes(0xFD, 12).Bytes(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16); break;
        }
    }

    private static byte[] Mutate(Random random, byte[] seed)
    {
        List<byte> bytes = [.. seed];
        int edits = random.Next(1, 4);
        for (int i = 0; i < edits; i++)
        {
            int at = random.Next(8, bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = (byte)(bytes[at] + (random.Next(2) == 0 ? 1 : -1)); break;
                case 3: bytes[at] = bytes[random.Next(8, bytes.Count)]; break;
                case 4 when random.Next(4) == 0: bytes.RemoveAt(at); break;
                case 5 when random.Next(4) == 0: bytes.Insert(at, (byte)random.Next(256)); break;
                default: bytes[at] = (byte)(bytes[at] == 0 ? 1 : 0); break;
            }
        }

        return [.. bytes];
    }

    private bool RunsToItsEnd(byte[] module)
    {
        List<Exception> errors = [];
        Run(module, errors);
        return errors.Count == 0;
    }

    /// <summary>Runs all that the module exports. Returns true where that changed the weights' bytes or size.</summary>
    private bool Run(byte[] bytes, List<Exception>? errors = null)
    {
        using Module module = Module.FromBytes(_referee.Engine, "mutant", bytes);
        using Store store = new(_referee.Engine);
        store.SetLimits(memorySize: 4_000_000, tableElements: 10_000, instances: 10, tables: 10, memories: 10);
        store.Fuel = 100_000;
        Memory image = new(store, 1, 20, is64Bit: true);
        Memory own = new(store, 1, 20, is64Bit: true);
        image.GetSpan(0, PageBytes).Fill(0x5A);
        try
        {
            using Linker linker = new(_referee.Engine);
            linker.Define("wasmchord", "weights", image);
            linker.Define("env", "own", own);
            Instance instance = linker.Instantiate(store, module);
            foreach ((string name, Function function) in instance.GetFunctions().Select(function => (function.Name, function.Function)))
            {
                store.Fuel = 100_000;
                try
                {
                    if (function.Parameters.Count == 0) function.Invoke();
                }
                catch (WasmtimeException trap)
                {
                    errors?.Add(trap);
                }
            }
        }
        catch (WasmtimeException refused)
        {
            errors?.Add(refused);
        }

        return image.GetSize() != 1 || image.GetSpan(0, PageBytes).ContainsAnyExcept((byte)0x5A);
    }

    private static GuestModuleException? Refusal(byte[] module)
    {
        try
        {
            GuestModuleReader.Read(module, new GuestModuleLimits());
            return null;
        }
        catch (GuestModuleException refusal)
        {
            return refusal;
        }
    }
}
