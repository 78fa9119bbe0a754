namespace WasmChord.Memory64.Tests.Guests;

/// <summary>Modules whose imports and exports are not as the host has them.</summary>
internal sealed partial class HostileModules
{
    private int _nextMisfit;

    /// <summary>Each kind in turn.</summary>
    private HostileModule Misfit()
    {
        const int Kinds = 24;
        int turn = _nextMisfit++ % Kinds;
        return turn < 10 ? WrongImport(turn) : WrongExport(turn);
    }

    private HostileModule WrongImport(int turn)
    {
        WasmModuleBuilder builder = new();
        HostFunction function = Pick(HostFunction.All);
        switch (turn)
        {
            case 0:
                builder.ImportFunction(function.Module, function.Name, builder.Type([I32, V128, I64], []));
                return NotStarted(builder, $"{function.Name} with a vector", 1);
            case 1:
                string wrong = function.Parameters + (function.Parameters.Length > 3 ? "l" : "ii");
                builder.ImportFunction(function.Module, function.Name, (function with { Signature = $"{wrong}:{function.Result}" }).Type(builder));
                return NotStarted(builder, $"{function.Name} with more parameters", 1);
            case 2:
                builder.ImportFunction("wasmchord", $"nothing{_random.Next()}", builder.Type([], []));
                return NotStarted(builder, "a function that is not there", 1);
            case 3:
                builder.ImportFunction("wasi_snapshot_preview1", "fd_write", builder.Type([I32, I32, I32, I32], [I32]));
                return NotStarted(builder, "the system interface", 1);
            case 4: return NotStarted(builder.ImportMemory("env", "memory", 1), "a memory of the host", 0);
            case 5: return NotStarted(builder.ImportMemory("wasmchord", "weights", 0), "the weights as a memory of 32 bits", 0);
            case 6: return NotStarted(builder.ImportMemory("wasmchord", "weights", 1UL << 40, is64Bit: true), "more weights than there are", 0);
            case 7: return NotStarted(builder.ImportMemory("wasmchord", "weights", 0, 0, is64Bit: true), "weights that may not be as large as they are", 0);
            case 8:
                builder.ImportFunction("wasmchord", "weights", builder.Type([], []));
                return NotStarted(builder, "the weights as a function", 1);
            default:
                // Two names for one memory: neither may be written to.
                MemoryInstruction write = Pick([.. MemoryInstruction.All.Where(instruction => instruction is { Writes: true, Operands: MemoryOperands.Argument })]);
                WasmCode code = write.Write(new WasmCode().Unreachable(), 1).Unreachable();
                return new HostileModule($"misfit: the weights twice, {write} to the second", Run(builder.ImportWeights().ImportWeights(), code).Build(), HostileOutcome.WritesWeights);
        }
    }

    private HostileModule WrongExport(int turn)
    {
        WasmModuleBuilder builder = new();
        switch (turn)
        {
            case 10:
                builder.Function(builder.Type([], []), new WasmCode());
                return EntryMisfit("nothing to run", builder.Export("walk", 0, 0));
            case 11: return EntryMisfit("run is a memory", builder.Memory(1).Export(HostileModule.Entry, 2, 0));
            case 12: return EntryMisfit("run is a table", builder.Table(1).Export(HostileModule.Entry, 1, 0));
            case 13: return EntryMisfit("run is a global", builder.Global(I32, false, new WasmCode().I32(0)).Export(HostileModule.Entry, 3, 0));
            case 14: return EntryMisfit("run takes arguments", RunOf(builder, [I32], [I32], new WasmCode().I32(0)));
            case 15: return EntryMisfit("run takes a vector", RunOf(builder, [V128], [], new WasmCode()));
            case 16: return EntryMisfit("run returns a vector", RunOf(builder, [], [V128], new WasmCode().Op(0xFD, 12).Bytes(new byte[16])));
            case 17:
                byte reference = (byte)_random.Next(0x6F, 0x71); // to anything of the host's, or to a function
                return EntryMisfit($"run returns a reference 0x{reference:x2}", RunOf(builder, [], [reference], new WasmCode().Bytes(0xD0, reference)));
            case 18:
                const int Many = 1_000;
                WasmCode values = Repeat(Many, static (code, i) => code.I32(i));
                return new HostileModule($"misfit: run returns {Many} values", RunOf(builder, [], [.. Enumerable.Repeat(I32, Many)], values).Build(), HostileOutcome.Returned);
            case 19:
                HostFunction host = Pick(HostFunction.All);
                builder.ImportFunction(host.Module, host.Name, host.Type(builder)).Export(HostileModule.Entry, 0, 0);
                return new HostileModule($"misfit: run is the host's {host.Name}", builder.Build(), host.Parameters.Length == 0 ? HostileOutcome.Returned : HostileOutcome.NotStarted);
            case 20: return NotStarted(builder.Memory(1).Memory(1).Export("memory", 2, 1), "memory is the second of two", 0);
            case 21:
                return new HostileModule("misfit: two exports are called memory",
                    Run(builder.ImportWeights().Memory(1).Export("memory", 2, 1).Export("memory", 2, 0), new WasmCode().I32(0)).Build(), HostileOutcome.Refused);
            case 22: return NoMemory(builder, _random.Next(3));
            default: return Twin(builder);
        }
    }

    private static HostileModule EntryMisfit(string what, WasmModuleBuilder builder) => new($"misfit: {what}", builder.Build(), HostileOutcome.NotStarted);

    private static HostileModule NotStarted(WasmModuleBuilder builder, string what, int importedFunctions) =>
        new($"misfit: {what}", Run(builder, new WasmCode().I32(0), importedFunctions).Build(), HostileOutcome.NotStarted);

    private static WasmModuleBuilder RunOf(WasmModuleBuilder builder, byte[] parameters, byte[] results, WasmCode code) =>
        builder.Export(HostileModule.Entry, 0, builder.Function(builder.Type(parameters, results), code));

    /// <summary>What is exported as the memory is a table, a global or a function, though there is a memory: host functions have none to write to.</summary>
    private static HostileModule NoMemory(WasmModuleBuilder builder, int kind)
    {
        string what = kind switch { 0 => "function", 1 => "table", _ => "global" };
        Statistics(builder.Table(1).Memory(1).Global(I32, false, new WasmCode().I32(0)).Export("memory", (byte)(kind == 2 ? 3 : kind), 0), pointer: 0);
        return new HostileModule($"misfit: memory is a {what}", builder.Build(), HostileOutcome.Negative);
    }

    /// <summary>The weights are exported as the memory that host functions write to, beside a memory of the guest's own.</summary>
    private HostileModule Twin(WasmModuleBuilder builder)
    {
        Statistics(builder.ImportWeights().Memory(1).Export("twin", 2, 1).Export("memory", 2, 0), pointer: _random.Next(1 << 16));
        return new HostileModule("misfit: memory is the weights, and their twin is its own", builder.Build(), HostileOutcome.Negative);
    }

    // Runs the function that writes statistics, and returns what it answered.
    private static void Statistics(WasmModuleBuilder builder, int pointer)
    {
        HostFunction statistics = HostFunction.Named("memory64_stats_ex");
        builder.ImportFunction(statistics.Module, statistics.Name, statistics.Type(builder));
        Run(builder, new WasmCode().I32(pointer).I32(56).Bytes(0x10, 0), 1);
    }
}
