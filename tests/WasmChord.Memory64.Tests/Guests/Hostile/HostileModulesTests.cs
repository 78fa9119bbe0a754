namespace WasmChord.Memory64.Tests.Guests;

public sealed class HostileModulesTests
{
    private const int Count = 1_000;

    [Fact]
    public void Generate_SameSeed_GivesTheSameModules()
    {
        HostileModule[] first = [.. HostileModules.Generate(5, 60)], second = [.. HostileModules.Generate(5, 60)];
        for (int i = 0; i < first.Length; i++)
        {
            Assert.Equal(first[i].Attempt, second[i].Attempt);
            Assert.Equal(first[i].Bytes, second[i].Bytes);
        }

        Assert.Contains(HostileModules.Generate(6, 60), module => !first.Any(other => other.Bytes.SequenceEqual(module.Bytes)));
    }

    [Fact]
    public void Generate_TwoThousand_TryEveryWriteEveryFunctionAndEveryFamily()
    {
        HostileModule[] modules = [.. HostileModules.Generate(1, 2 * Count)];
        Assert.Equal(["bomb", "broken", "call", "compile", "layers", "misfit", "names", "numbers", "text", "types", "weights"], modules.Select(module => module.Family).Distinct().Order());
        foreach (MemoryInstruction write in MemoryInstruction.All.Where(instruction => instruction.Writes))
            Assert.Contains(modules, module => module.Attempt.StartsWith($"weights: {write} ", StringComparison.Ordinal));
        foreach (HostFunction function in HostFunction.All)
            Assert.Contains(modules, module => module.Attempt.StartsWith($"call: {function.Name}", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Compile_AThousand_RefusesThoseThatMustBeAndTheEngineTakesTheRest()
    {
        Skip.IfNot(MappedImage.IsSupported, "guests can share an image on Linux only");
        using GuestEngine engine = new();
        GuestLimits limits = new();
        List<string> failures = [];
        foreach (HostileModule module in HostileModules.Generate(2, Count))
        {
            GuestModuleException? refusal = null;
            try
            {
                engine.CompileFile(module.Bytes, limits).Dispose();
            }
            catch (GuestModuleException e)
            {
                refusal = e;
            }

            bool asExpected = module.Outcome switch
            {
                HostileOutcome.WritesWeights => refusal?.Code == GuestModuleError.WritesWeights,
                HostileOutcome.Refused => refusal is not null,
                HostileOutcome.Any => refusal is null || module.Family is "broken" or "names" or "text",
                _ => refusal is null,
            };
            if (!asExpected) failures.Add($"{module}: {refusal?.Message ?? "accepted"}");
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [SkippableFact]
    public void Rope_OfNoHeadsAndBillionsOfDimensions_AllocatesNothing()
    {
        Skip.IfNot(MappedImage.IsSupported, "guests can share an image on Linux only");
        HostFunction rope = HostFunction.Named("rope");
        WasmModuleBuilder builder = new();
        builder.ImportFunction(rope.Module, rope.Name, rope.Type(builder)).Memory(1).Export("memory", 2, 0);
        WasmCode code = new WasmCode().I32(0).I32(0).I32(1 << 26).I32(1 << 26).I32(1).F32(10_000).I32(0).Bytes(0x10, 0);
        int function = builder.Function(builder.Type([], [0x7F]), code);
        using GuestEngine engine = new();
        GuestLimits limits = new();
        using Guest guest = new(engine, engine.Compile(builder.Export(HostileModule.Entry, 0, 1 + function).Build(), limits), null, limits);
        long before = GC.GetAllocatedBytesForCurrentThread();
        GuestResult result = guest.Invoke(HostileModule.Entry);
        Assert.True(result.HasReturned, result.Text);
        Assert.Equal(0, result.Values[0].Bits);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }
}
