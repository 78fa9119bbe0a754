namespace WasmChord.Memory64.Tests.Guests;

/// <summary>
/// Seeded guests that mean harm: writes to the weights in every opcode that there is, endless work, bombs of memory and
/// tables, bad pointers and foreign addresses for every host function, leases that are never given back, wrong imports
/// and exports, types that guests do not have, modules that would keep a compiler busy, names without end, text that no
/// reader should follow, and binaries that are none. The same seed gives the same modules.
/// </summary>
internal sealed partial class HostileModules
{
    private const byte I32 = 0x7F, I64 = 0x7E, V128 = 0x7B;

    private readonly Random _random;
    private int _nextWrite;
    private int _nextFunction;
    private int _nextBomb;
    private int _nextBroken;

    private HostileModules(int seed) => _random = new Random(seed);

    /// <summary>Generates so many of them, every kind in turn.</summary>
    public static IEnumerable<HostileModule> Generate(int seed, int count)
    {
        HostileModules generator = new(seed);
        for (int i = 0; i < count; i++)
        {
            yield return (i % 13) switch
            {
                0 or 1 => generator.WeightsWriter(),
                2 or 3 => generator.HostCaller(),
                4 => generator.LayerAbuser(),
                5 => generator.Bomb(),
                6 => generator.Misfit(),
                7 or 8 => generator.TypedReference(),
                9 => generator.CompileBomb(),
                10 => generator.WrongNumber(),
                11 => generator.Text(),
                12 when i / 13 % 3 == 0 => generator.LongName(),
                _ => generator.Broken(),
            };
        }
    }

    /// <summary>Writes to the weights, each opcode in turn, amid code that does no harm.</summary>
    private HostileModule WeightsWriter()
    {
        MemoryInstruction[] writes = [.. MemoryInstruction.All.Where(instruction => instruction.Writes)];
        int turn = _nextWrite++ % (writes.Length + 2);
        int weights = _random.Next(2);
        WasmModuleBuilder builder = WasmModuleBuilder.WithWeights(weights);
        if (turn >= writes.Length)
        {
            builder.ActiveData(weights, new WasmCode().I64(_random.Next(100)), [1, 2, 3], isExplicit: turn > writes.Length);
            builder.Function(0, new WasmCode());
            return new HostileModule($"weights: data segment into memory {weights}", builder.Export(HostileModule.Entry, 0, 0).Build(), HostileOutcome.WritesWeights);
        }

        WasmCode code = new();
        Harmless(code, weights, _random.Next(20));

        // What follows a return, a branch or an unreachable can't run, and must be refused all the same.
        code.Bytes(_random.Next(2) == 0 ? (byte)0x00 : (byte)0x0F);
        writes[turn].Write(code, weights, 1 - weights, _random.Next(2) == 0, _random.Next(1, 11), (ulong)_random.NextInt64());
        code.Unreachable();
        Harmless(code, weights, _random.Next(5));
        code.Unreachable();
        builder.Function(0, code, (3, I32));
        return new HostileModule($"weights: {writes[turn]} to memory {weights}", builder.Export(HostileModule.Entry, 0, 0).Build(), HostileOutcome.WritesWeights);
    }

    /// <summary>Loads from anywhere and writes to the guest's own memory.</summary>
    private void Harmless(WasmCode code, int weights, int count)
    {
        for (int i = 0; i < count; i++)
        {
            MemoryInstruction instruction = Pick(MemoryInstruction.All);
            int memory = instruction.Writes ? 1 - weights : _random.Next(2);
            instruction.Write(code.Unreachable(), memory, weights, _random.Next(2) == 0, _random.Next(1, 11), (ulong)_random.NextInt64());
        }
    }

    /// <summary>Not a module, or not one that the host takes.</summary>
    private HostileModule Broken()
    {
        byte[] good = Run(new WasmModuleBuilder().ImportWeights().Memory(1).Export("memory", 2, 1), new WasmCode().I32(0)).Build();
        int turn = _nextBroken++ % 9;
        switch (turn)
        {
            case 0: return new HostileModule("broken: cut off", good[..^_random.Next(1, good.Length - 8)], HostileOutcome.Any);
            case 1:
                byte[] noise = new byte[_random.Next(500)];
                _random.NextBytes(noise);
                return new HostileModule("broken: noise", noise, HostileOutcome.Refused);
            case 2: return new HostileModule("broken: an enormous section", [.. good[..8], 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0], HostileOutcome.Refused);
            case 3: return new HostileModule("broken: four billion types", [.. good[..8], 1, 6, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x60], HostileOutcome.Refused);
            case 4: return new HostileModule("broken: four billion locals", Locals(uint.MaxValue), HostileOutcome.Refused);
            case 5: return new HostileModule("broken: blocks nested without end", Nested(100_000), HostileOutcome.Refused);
            case 7: return new HostileModule("broken: loops that keep a compiler busy", Loops(2_000), HostileOutcome.Refused);
            case 6: return new HostileModule("broken: an unknown opcode", Run(new WasmModuleBuilder(), new WasmCode().Bytes(0x27).I32(0)).Build(), HostileOutcome.Refused);
            default:
                byte[] mutant = [.. good];
                for (int i = _random.Next(1, 6); i > 0; i--) mutant[_random.Next(8, mutant.Length)] = (byte)_random.Next(256);
                return new HostileModule("broken: bytes changed", mutant, HostileOutcome.Any);
        }
    }

    /// <summary>Adds a function that returns an i32 and is exported as the one to call.</summary>
    private static WasmModuleBuilder Run(WasmModuleBuilder builder, WasmCode code, int importedFunctions = 0, params (uint, byte)[] locals)
    {
        int function = builder.Function(builder.Type([], [I32]), code, locals);
        return builder.Export(HostileModule.Entry, 0, importedFunctions + function);
    }

    private static byte[] Locals(uint count) => Run(new WasmModuleBuilder(), new WasmCode().I32(0), 0, (count, I64)).Build();

    private static byte[] Loops(int depth)
    {
        WasmCode code = new();
        for (int i = 0; i < depth; i++) code.Bytes(0x03, 0x40);
        for (uint i = 0; i < 100; i++) code.Bytes(0x20).U(i).I32(1).Bytes(0x6A, 0x21).U(i);
        for (int i = 0; i < depth; i++) code.Bytes(0x20, 0, 0x0D, 0, 0x0B);
        return Run(new WasmModuleBuilder(), code.I32(0), 0, (100, I32)).Build();
    }

    private static byte[] Nested(int depth)
    {
        WasmCode code = new();
        for (int i = 0; i < depth; i++) code.Bytes(0x02, 0x40);
        for (int i = 0; i < depth; i++) code.Bytes(0x0B);
        return Run(new WasmModuleBuilder(), code.I32(0)).Build();
    }

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}
