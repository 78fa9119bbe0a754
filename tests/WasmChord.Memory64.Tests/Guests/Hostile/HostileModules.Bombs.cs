namespace WasmChord.Memory64.Tests.Guests;

/// <summary>Modules that are valid and misbehave when they run.</summary>
internal sealed partial class HostileModules
{
    /// <summary>Endless work, or more memory, stack or code than there should be; each kind in turn.</summary>
    private HostileModule Bomb()
    {
        const int Kinds = 24;
        WasmModuleBuilder builder = new();
        switch (_nextBomb++ % Kinds)
        {
            case 0: return Stopped("an endless loop", Run(builder, new WasmCode().Bytes(0x03, 0x40, 0x0C, 0, 0x0B, 0x00)));
            case 1: return Stopped("an endless start function", EndlessStart(builder));
            case 2: return Bombed("memory grown until it is refused, and on", Run(builder.Memory(1), Loop(new WasmCode().I32(_random.Next(1, 1000)).Bytes(0x40, 0).Drop())));
            case 3: return Bombed("a table grown for ever", Run(builder.Table(1), Loop(new WasmCode().Bytes(0xD0, 0x70).I32(_random.Next(1, 100_000)).Op(0xFC, 15).U(0).Drop())));
            case 4: return Stopped("recursion without end", Run(builder, new WasmCode().Bytes(0x10, 0)));
            case 5: return Stopped("recursion with large frames", Run(builder, new WasmCode().Bytes(0x10, 0), 0, (2_000, I64)));
            case 6: return Stopped("indirect recursion", IndirectRecursion(builder));
            case 7: return Stopped("unreachable", Run(builder, new WasmCode().Unreachable()));
            case 8: return Stopped("a division by zero", Run(builder, new WasmCode().I32(_random.Next()).I32(0).Bytes((byte)_random.Next(0x6D, 0x71))));
            case 9: return Stopped("an overflowing division", Run(builder, new WasmCode().I32(int.MinValue).I32(-1).Bytes(0x6D)));
            case 10: return Stopped("a load beyond its memory", Run(builder.Memory(1), new WasmCode().I32(-_random.Next(1, 1 << 20)).Bytes(0x28).MemoryArgument(2, 0, uint.MaxValue)));
            case 11: return Stopped("a load beyond the weights", WeightsLoad(builder, _random.NextInt64(1L << 40, long.MaxValue)));
            case 12: return Stopped("a load before the weights", WeightsLoad(builder, -_random.NextInt64(1, 1L << 40)));
            case 13: return NotHere("a memory that is too large", builder.Memory(65_536));
            case 14: return NotHere("a table that is too large", builder.Table(9_000_000));
            case 15: return NotHere("more memories than allowed", builder.Memory(1).Memory(1).Memory(1));
            case 16: return new HostileModule("bomb: as many locals as allowed", Locals(50_000), HostileOutcome.Any);
            case 17: return new HostileModule("bomb: an enormous br_table", BranchTable(_random.Next(10_000, 65_520)), HostileOutcome.Any);
            case 18: return new HostileModule("bomb: blocks nested as deep as allowed", Nested(9_990), HostileOutcome.Any);
            case 19: return NotHere("a memory of 64 bits that is too large", builder.Memory(1UL << _random.Next(16, 48), is64Bit: true));
            case 20: return NotHere("a memory more than allowed", builder.Memory(1).Memory(1));
            case 21: return Bombed("a memory of 64 bits grown by more than there is", Run(builder.Memory(1, is64Bit: true),
                Loop(new WasmCode().I64(1L << _random.Next(10, 63)).Bytes(0x40, 0).Drop())));
            case 22: return HostAtTheBottom(builder);
            default: return Stopped("a copy of all weights and more", WeightsCopy(builder));
        }
    }

    private static HostileModule Stopped(string what, WasmModuleBuilder builder) => new($"bomb: {what}", builder.Build(), HostileOutcome.Stopped);

    // Growing is refused by an answer, so the loop goes on until the clock or the fuel ends it.
    private static HostileModule Bombed(string what, WasmModuleBuilder builder) => Stopped(what, builder);

    private static HostileModule NotHere(string what, WasmModuleBuilder builder) =>
        new($"bomb: {what}", Run(builder, new WasmCode().I32(0)).Build(), HostileOutcome.NotStarted);

    /// <summary>Repeats a body for ever.</summary>
    private static WasmCode Loop(WasmCode body) => new WasmCode().Bytes(0x03, 0x40).Bytes(body.ToArray()).Bytes(0x0C, 0, 0x0B, 0x00);

    private static WasmModuleBuilder EndlessStart(WasmModuleBuilder builder)
    {
        int start = builder.Function(builder.Type([], []), new WasmCode().Bytes(0x03, 0x40, 0x0C, 0, 0x0B));
        return Run(builder.Start(start), new WasmCode().I32(0));
    }

    private static WasmModuleBuilder IndirectRecursion(WasmModuleBuilder builder)
    {
        builder.Table(1).Element(new WasmCode().U(0).I32(0).Bytes(0x0B).U(1).U(0));
        return Run(builder, new WasmCode().I32(0).Bytes(0x11, 0, 0));
    }

    /// <summary>Recursion without end that calls a host function in every frame, so that the last is called where the stack ends.</summary>
    private HostileModule HostAtTheBottom(WasmModuleBuilder builder)
    {
        HostFunction function = Pick(HostFunction.All);
        builder.ImportFunction(function.Module, function.Name, function.Type(builder)).Memory(1).Export("memory", 2, 0);
        WasmCode code = new();
        foreach (char parameter in function.Parameters)
        {
            if (parameter == 'i') code.I32(0);
            else if (parameter == 'l') code.I64(0);
            else code.F32(1);
        }

        return Stopped($"recursion that calls {function.Name} all the way down", Run(builder, code.Bytes(0x10, 0).Drop().Bytes(0x10, 1), 1));
    }

    private static WasmModuleBuilder WeightsLoad(WasmModuleBuilder builder, long address) =>
        Run(builder.ImportWeights(), new WasmCode().I64(address).Bytes(0x28).MemoryArgument(2, 0));

    private static WasmModuleBuilder WeightsCopy(WasmModuleBuilder builder)
    {
        // To memory 1, from the weights, more than either has.
        WasmCode code = new WasmCode().I32(0).I64(0).I32(int.MaxValue).Op(0xFC, 10).U(1).U(0).I32(0);
        return Run(builder.ImportWeights().Memory(1), code);
    }

    private static byte[] BranchTable(int targets)
    {
        WasmCode code = new WasmCode().Bytes(0x02, 0x40, 0x02, 0x40).I32(targets / 2).Bytes(0x0E).U((ulong)targets);
        for (int i = 0; i <= targets; i++) code.U((ulong)(i & 1));
        return Run(new WasmModuleBuilder(), code.Bytes(0x0B, 0x0B).I32(0)).Build();
    }
}
