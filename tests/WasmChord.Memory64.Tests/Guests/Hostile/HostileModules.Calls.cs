namespace WasmChord.Memory64.Tests.Guests;

/// <summary>Modules that give host functions what they should not.</summary>
internal sealed partial class HostileModules
{
    private static readonly int[] s_pointers =
    [
        0, 1, 3, 4, 8, 64, 4096, 65_532, 65_535, 65_536, 131_068, 131_072, int.MaxValue, int.MinValue, -1, -2, -4, -8, -56, -65_536,
    ];

    private static readonly int[] s_counts = [0, 1, 2, 7, 31, 32, 33, 256, 16_384, 65_536, 1 << 20, 1 << 28, 1 << 30, int.MaxValue, int.MaxValue - 1, int.MinValue, -1, -4];

    private static readonly long[] s_addresses =
    [
        0, 1, 4095, 4096, 1L << 20, (1L << 32) - 1, 1L << 32, 1L << 40, long.MaxValue, long.MaxValue - 31, long.MinValue, -1, -4096,
    ];

    private static readonly float[] s_floats = [0, -1, 1e-5f, 10_000, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon];

    /// <summary>Calls a host function, each in turn, again and again with arguments of the worst kind, and returns its last answer.</summary>
    private HostileModule HostCaller()
    {
        HostFunction function = HostFunction.All[_nextFunction++ % HostFunction.All.Count];
        WasmModuleBuilder builder = new();
        builder.ImportFunction(function.Module, function.Name, function.Type(builder));
        switch (_random.Next(4))
        {
            case 0: return Returns($"{function.Name} without a memory", builder, function);
            case 1: return Returns($"{function.Name} with the weights as its memory", builder.ImportWeights().Export("memory", 2, 0), function);
            case 2: return Returns($"{function.Name} with a memory of 64 bits", builder.Memory(2, is64Bit: true).Export("memory", 2, 0), function);
            default: return Returns($"{function.Name}", builder.Memory(2).Export("memory", 2, 0), function);
        }
    }

    private HostileModule Returns(string what, WasmModuleBuilder builder, HostFunction function)
    {
        WasmCode code = new();
        int calls = _random.Next(1, 40);
        for (int i = 0; i < calls; i++)
        {
            foreach (char parameter in function.Parameters) Argument(code, parameter);
            code.Bytes(0x10, 0).Drop();
        }

        return new HostileModule($"call: {what}", Run(builder, code.I32(0), 1).Build(), HostileOutcome.Any);
    }

    /// <summary>Holds layers, and uses them as it may not.</summary>
    private HostileModule LayerAbuser() => _random.Next(7) switch
    {
        0 => Hoarder(gives: false),
        1 => Hoarder(gives: true),
        2 => KernelAtWrongPlace("tensor_dequantize"),
        3 => KernelAtWrongPlace("matvec"),
        4 => KernelAtWrongPlace("weights_read"),
        5 => NeverAcquired(),
        _ => ReadsWhatIsNotHeld(),
    };

    /// <summary>Acquires every layer that there is, some twice, and ends; it gives them back once too often, or never, or in a loop.</summary>
    private HostileModule Hoarder(bool gives)
    {
        WasmModuleBuilder builder = new();
        HostFunction acquire = HostFunction.Named("layer_acquire"), release = HostFunction.Named("layer_release");
        builder.ImportFunction(acquire.Module, acquire.Name, acquire.Type(builder)).ImportFunction(release.Module, release.Name, release.Type(builder));
        builder.ImportWeights();
        WasmCode code = new();
        for (int layer = -3; layer < 10; layer++)
        {
            for (int times = _random.Next(1, 3); times > 0; times--) code.I32(layer).I32(_random.Next(-1, 50)).Bytes(0x10, 0).Drop();
            for (int times = gives ? _random.Next(0, 4) : 0; times > 0; times--) code.I32(_random.Next(-3, 10)).Bytes(0x10, 1).Drop();
        }

        int end = _random.Next(3);
        if (end == 0) code.Unreachable();
        if (end == 1) code = Loop(code);
        else code.I32(0);
        string how = end switch { 0 => "then traps", 1 => "for ever", _ => "and returns" };
        HostileOutcome outcome = end == 2 ? HostileOutcome.Any : HostileOutcome.Stopped;
        return new HostileModule($"layers: acquires all{(gives ? " and gives back at random" : "")}, {how}", Run(builder, code, 2).Build(), outcome);
    }

    /// <summary>
    /// Acquires a layer and gives a host function addresses within it and beside it: what is accepted beside it is a trap,
    /// and so is a plain read within it that is refused.
    /// </summary>
    private HostileModule KernelAtWrongPlace(string name)
    {
        WasmModuleBuilder builder = new();
        HostFunction[] imports = [HostFunction.Named("layer_acquire"), HostFunction.Named(name), HostFunction.Named("layer_bytes")];
        foreach (HostFunction import in imports) builder.ImportFunction(import.Module, import.Name, import.Type(builder));
        builder.ImportWeights().Memory(2).Export("memory", 2, 1);
        int layer = _random.Next(-2, 6);

        // Local 0 is the layer's address, local 1 its length. A layer that could not be had proves nothing.
        WasmCode code = new WasmCode().I32(layer).I32(5_000).Bytes(0x10, 0, 0x22, 0).I64(0).Bytes(0x53, 0x04, 0x40).I32(0).Bytes(0x0F, 0x0B);
        code.I32(layer).Bytes(0x10, 2, 0x21, 1);
        for (int calls = _random.Next(1, 30); calls > 0; calls--)
        {
            long offset = _random.Next(3) == 0 ? Pick(s_addresses) : _random.Next(-5_000, 200_000);
            code.Bytes(0x20, 0).I64(offset).Bytes(0x7C);
            foreach (char parameter in imports[1].Parameters.Skip(1)) Argument(code, parameter);

            // Accepted, and the offset without its sign is not below the length.
            code.Bytes(0x10, 1).I32(0).Bytes(0x4E).I64(offset).Bytes(0x20, 1, 0x5A, 0x71);
            code.Bytes(0x04, 0x40).Unreachable().Bytes(0x0B);
        }

        if (name == "weights_read")
        {
            const int Size = 16;
            code.Bytes(0x20, 0).I64(_random.Next(64)).Bytes(0x7C).I32(64).I32(Size).Bytes(0x10, 1).I32(Size).Bytes(0x47);
            code.Bytes(0x04, 0x40).Unreachable().Bytes(0x0B);
        }

        return new HostileModule($"layers: {name} beside what it holds", Run(builder, code.I32(0), imports.Length, (2, I64)).Build(), HostileOutcome.Satisfied);
    }

    /// <summary>Addresses of weights that were never acquired: each must be refused.</summary>
    private HostileModule NeverAcquired()
    {
        WasmModuleBuilder builder = new();
        HostFunction read = HostFunction.Named("weights_read");
        builder.ImportFunction(read.Module, read.Name, read.Type(builder)).ImportWeights().Memory(2).Export("memory", 2, 1);
        WasmCode code = new WasmCode().I64(_random.Next(1 << 20)).I32(16).I32(_random.Next(1, 64)).Bytes(0x10, 0);
        return new HostileModule("layers: weights_read of what it does not hold", Run(builder, code, 1).Build(), HostileOutcome.Negative);
    }

    /// <summary>Reads the weights in place all over, without acquiring anything, as long as it is let.</summary>
    private HostileModule ReadsWhatIsNotHeld()
    {
        WasmCode body = new WasmCode().Bytes(0x20, 0).I64(_random.Next(1, 50_000)).Bytes(0x7C, 0x22, 0).I64(0xFFFF).Bytes(0x83, 0x2D).MemoryArgument(0, 0).Drop();
        WasmModuleBuilder builder = Run(new WasmModuleBuilder().ImportWeights(), Loop(body), 0, (1, I64));
        return new HostileModule("layers: reads for ever what it does not hold", builder.Build(), HostileOutcome.Stopped);
    }

    private void Argument(WasmCode code, char type)
    {
        switch (type)
        {
            case 'i': code.I32(_random.Next(3) switch { 0 => Pick(s_pointers), 1 => Pick(s_counts), _ => _random.Next(-4, 40) }); break;
            case 'l': code.I64(_random.Next(2) == 0 ? Pick(s_addresses) : _random.Next(1 << 20)); break;
            default: code.F32(Pick(s_floats)); break;
        }
    }
}
