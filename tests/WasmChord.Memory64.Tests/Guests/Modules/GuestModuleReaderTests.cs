using System.Text;
using Wasmtime;

namespace WasmChord.Memory64.Tests.Guests;

public sealed class GuestModuleReaderTests : IClassFixture<RefereeEngine>
{
    private const byte I32 = 0x7F, I64 = 0x7E, F32 = 0x7D;

    private readonly RefereeEngine _referee;

    public GuestModuleReaderTests(RefereeEngine referee) => _referee = referee;

    [Fact]
    public void Read_ModuleWithEverySection_DescribesIt()
    {
        byte[] module = RichModule();
        Assert.Null(_referee.Validate(module));
        GuestModuleInfo info = GuestModuleReader.Read(module, new GuestModuleLimits());
        Assert.True(info.ImportsWeights);
        Assert.False(info.MemoryExportIsWeights);
        Assert.Equal(["layer_acquire", "weights", "table", "limit", "tag"], info.Imports.Select(import => import.Name));
        Assert.Equal(
            [GuestExternalKind.Function, GuestExternalKind.Memory, GuestExternalKind.Table, GuestExternalKind.Global, GuestExternalKind.Tag],
            info.Imports.Select(import => import.Kind));
        Assert.Equal("(i32, i32) -> i64", info.Imports[0].Function!.ToString());
        Assert.Equal(new GuestSizeLimits(0, null, true, false), info.Imports[1].Size);
        Assert.Equal(new GuestSizeLimits(1, 2, false, false), info.Imports[2].Size);
        Assert.Equal(new GuestGlobalType(GuestValueType.I64, false), info.Imports[3].Global);
        Assert.Equal(["memory", "run", "weights_again", "tables", "global", "tag"], info.Exports.Select(export => export.Name));
        Assert.Equal(new GuestFunctionType([], [GuestValueType.I32]), info.Exports[1].Function);
        Assert.Equal(2, info.Exports[1].Index);
        Assert.Equal(2, info.FunctionCount);
        Assert.Equal(3UL * 65_536, info.MinimumMemoryBytes);
        Assert.Equal(7UL, info.MinimumTableElements);
        Assert.Equal(1, info.StartFunction);
        Assert.Equal(["name", "producers"], info.CustomSections);
        Assert.True(info.CodeBytes > 10);
    }

    [Fact]
    public void Read_EveryPrefix_IsRefusedOrAcceptedByTheEngineToo()
    {
        byte[] module = RichModule();
        for (int length = 0; length < module.Length; length++)
        {
            byte[] prefix = module[..length];
            GuestModuleException? refusal = Refusal(prefix);
            if (refusal is null) Assert.Null(_referee.Validate(prefix));
            else Assert.Equal(GuestModuleError.Malformed, refusal.Code);
        }

        Assert.NotNull(Refusal([]));
        Assert.Null(Refusal(module[..8]));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Read_ExportNamedMemory_SaysWhetherItIsTheWeights(int index, bool isWeights)
    {
        byte[] module = new WasmModuleBuilder().ImportWeights().Memory(1).Export("memory", 2, index).Build();
        Assert.Equal(isWeights, GuestModuleReader.Read(module, new GuestModuleLimits()).MemoryExportIsWeights);
    }

    [Theory]
    [InlineData(0, false, true)]
    [InlineData(0, true, true)]
    [InlineData(1, false, false)]
    [InlineData(1, true, false)]
    public void Read_ActiveDataSegment_IsRefusedOnlyOnTheWeights(int memory, bool isExplicit, bool refused)
    {
        foreach (byte[] bytes in (byte[][])[[1, 2], []])
        {
            WasmCode offset = memory == 0 ? new WasmCode().I64(8) : new WasmCode().I32(8);
            byte[] module = new WasmModuleBuilder().ImportWeights(1).Memory(1).ActiveData(memory, offset, bytes, isExplicit).Build();
            Assert.Null(_referee.Validate(module));
            Assert.Equal(refused ? GuestModuleError.WritesWeights : null, Refusal(module)?.Code);
        }
    }

    [Fact]
    public void Read_ImportsOfOtherNames_AreNotTheWeights()
    {
        foreach ((string module, string name) in ((string, string)[])[("wasmchord", "weight"), ("Wasmchord", "weights"), ("env", "weights"), ("wasmchord", "weights\0")])
        {
            WasmModuleBuilder builder = new WasmModuleBuilder().ImportMemory(module, name, 0, is64Bit: true);
            builder.Function(builder.Type([], []), new WasmCode().Unreachable().Bytes(0x36).MemoryArgument(2, 0));
            Assert.False(GuestModuleReader.Read(builder.Build(), new GuestModuleLimits()).ImportsWeights);
        }
    }

    [Fact]
    public void Read_ImportOfAFunctionNamedWeights_IsNoMemory()
    {
        WasmModuleBuilder builder = new();
        byte[] module = builder.ImportFunction("wasmchord", "weights", builder.Type([], [])).Build();
        Assert.False(GuestModuleReader.Read(module, new GuestModuleLimits()).ImportsWeights);
    }

    [Theory]
    [InlineData(1, new byte[] { 1, 0x4E, 1, 0x60, 0, 0 }, "recursive group")]
    [InlineData(1, new byte[] { 1, 0x50, 0, 0x60, 0, 0 }, "supertypes")]
    [InlineData(1, new byte[] { 1, 0x5F, 0 }, "structure")]
    [InlineData(1, new byte[] { 1, 0x5E, 0x7F, 0 }, "array")]
    [InlineData(5, new byte[] { 1, 0x08, 1, 0 }, "custom page size")]
    [InlineData(4, new byte[] { 1, 0x6E, 0, 1 }, "garbage collection")]
    [InlineData(4, new byte[] { 1, 0x70, 2, 1 }, "shared table")]
    [InlineData(6, new byte[] { 1, 0x7F, 2, 0x41, 0, 0x0B }, "shared global")]
    public void Read_SectionOfAnExtensionForOthers_IsRefusedByName(byte section, byte[] content, string feature)
    {
        GuestModuleException? refusal = Refusal(new WasmModuleBuilder().Raw(section, content).Build());
        Assert.Equal(GuestModuleError.UnsupportedFeature, refusal?.Code);
        Assert.Contains(feature, refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, new byte[] { 1, 0x61, 0, 0 }, "begins no type")]
    [InlineData(1, new byte[] { 1, 0x60, 0, 0, 9 }, "1 bytes are left at the end")]
    [InlineData(1, new byte[] { 1, 0x60, 1, 0x40, 0 }, "begins no value type")]
    [InlineData(2, new byte[] { 1, 0, 0, 5 }, "import of kind 0x05")]
    [InlineData(2, new byte[] { 1, 0, 0, 0x7F }, "import of kind 0x7f")]
    [InlineData(2, new byte[] { 1, 0, 0, 0, 3 }, "type 3 of 0")]
    [InlineData(3, new byte[] { 1, 0 }, "type 0 of 0")]
    [InlineData(4, new byte[] { 1, 0x40, 1, 0x70, 0, 1 }, "where 0 is due")]
    [InlineData(4, new byte[] { 1, 0x7F, 0, 1 }, "begins no value type")]
    [InlineData(5, new byte[] { 1, 0x10, 1 }, "flags 0x10")]
    [InlineData(6, new byte[] { 1, 0x7F, 0, 0x3F, 0, 0x0B }, "not allowed in a constant")]
    [InlineData(6, new byte[] { 1, 0x7F, 0, 0x41, 0 }, "the bytes end")]
    [InlineData(6, new byte[] { 1, 0x7F, 4, 0x41, 0, 0x0B }, "mutability 0x04")]
    [InlineData(7, new byte[] { 1, 1, 0x61, 2, 0 }, "memory 0 of 0")]
    [InlineData(7, new byte[] { 1, 1, 0x61, 9, 0 }, "export of kind 0x09")]
    [InlineData(8, new byte[] { 0 }, "function 0 of 0")]
    [InlineData(9, new byte[] { 1, 8 }, "flags 8")]
    [InlineData(9, new byte[] { 1, 1, 1, 0 }, "elements of kind 0x01")]
    [InlineData(10, new byte[] { 1, 2, 0, 0x0B }, "1 function bodies for 0 functions")]
    [InlineData(11, new byte[] { 1, 3 }, "flags 3")]
    [InlineData(11, new byte[] { 1, 0, 0x41, 0, 0x0B, 0 }, "memory where there is none")]
    [InlineData(11, new byte[] { 1, 1, 200, 1, 0 }, "a data segment of 200 bytes")]
    [InlineData(12, new byte[] { 1 }, "0 data segments where 1 were announced")]
    [InlineData(13, new byte[] { 1, 1, 0 }, "attribute 0x01")]
    public void Read_SectionMalformed_IsRefusedWithTheReason(byte section, byte[] content, string reason)
    {
        byte[] module = new WasmModuleBuilder().Raw(section, content).Build();
        GuestModuleException? refusal = Refusal(module);
        Assert.Equal(GuestModuleError.Malformed, refusal?.Code);
        Assert.Contains(reason, refusal!.Message, StringComparison.Ordinal);
        Assert.NotNull(_referee.Validate(module));
    }

    [Fact]
    public void Read_SectionsTwiceOutOfOrderOrUnknown_AreMalformed()
    {
        byte[] header = new WasmModuleBuilder().Build();
        foreach (byte[] rest in (byte[][])[[1, 1, 0, 1, 1, 0], [5, 1, 0, 1, 1, 0], [6, 1, 0, 13, 1, 0], [10, 1, 0, 12, 1, 0], [14, 0], [1, 2, 0], [0, 1, 5]])
        {
            byte[] module = [.. header, .. rest];
            Assert.Equal(GuestModuleError.Malformed, Refusal(module)?.Code);
            Assert.NotNull(_referee.Validate(module));
        }
    }

    [Fact]
    public void Read_WhatIsNoModule_IsRefused()
    {
        Assert.Equal(GuestModuleError.Malformed, Refusal(Encoding.UTF8.GetBytes("(module)"))?.Code);
        Assert.Equal(GuestModuleError.Malformed, Refusal([0, 0x61, 0x73, 0x6D, 2, 0, 0, 0])?.Code);
        Assert.Equal(GuestModuleError.UnsupportedFeature, Refusal([0, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0])?.Code);
    }

    [Fact]
    public void Read_CountsBeyondTheLimits_AreTooLarge()
    {
        GuestModuleLimits one = new()
        {
            MaximumTypes = 1, MaximumImports = 1, MaximumExports = 1, MaximumFunctions = 1, MaximumMemories = 1, MaximumItems = 1,
            MaximumLocals = 1, MaximumParameters = 1, MaximumBranchTargets = 1, MaximumFunctionBytes = 12,
        };
        WasmModuleBuilder types = new(), imports = new(), exports = new(), functions = new(), locals = new(), code = new(), parameters = new(), branches = new();
        types.Type([], []);
        types.Type([], []);
        imports.ImportMemory("a", "b", 0).ImportMemory("a", "c", 0);
        exports.Memory(0).Export("a", 2, 0).Export("b", 2, 0);
        functions.Type([], []);
        functions.Function(0, new WasmCode());
        functions.Function(0, new WasmCode());
        locals.Type([], []);
        locals.Function(0, new WasmCode(), (uint.MaxValue, I32));
        code.Type([], []);
        code.Function(0, new WasmCode().Bytes(new byte[20]));
        parameters.Type([I32, I32], []);
        branches.Type([], []);
        branches.Function(0, new WasmCode().Bytes(0x0E, 2, 0, 0, 0));
        WasmModuleBuilder memories = new WasmModuleBuilder().Memory(0).Memory(0);
        WasmModuleBuilder mixed = new WasmModuleBuilder().ImportMemory("a", "b", 0).Memory(0);
        WasmModuleBuilder data = new WasmModuleBuilder().PassiveData([]).PassiveData([]);
        foreach (WasmModuleBuilder builder in (WasmModuleBuilder[])[types, imports, exports, functions, locals, code, parameters, branches, memories, mixed, data])
        {
            byte[] module = builder.Build();
            Assert.Equal(GuestModuleError.TooLarge, Assert.Throws<GuestModuleException>(() => GuestModuleReader.Read(module, one)).Code);
        }

        Assert.Equal(
            GuestModuleError.TooLarge,
            Assert.Throws<GuestModuleException>(() => GuestModuleReader.Read(new byte[65], new GuestModuleLimits { MaximumModuleBytes = 64 })).Code);
        byte[] sections = new WasmModuleBuilder().Custom("a", []).Custom("b", []).Build();
        Assert.Equal(
            GuestModuleError.TooLarge,
            Assert.Throws<GuestModuleException>(() => GuestModuleReader.Read(sections, new GuestModuleLimits { MaximumSections = 1 })).Code);
    }

    [Fact]
    public void Read_SizesThatOverflow_Saturate()
    {
        byte[] module = new WasmModuleBuilder().Memory(ulong.MaxValue, is64Bit: true).Memory(1).Table(ulong.MaxValue).Table(5).Build();
        GuestModuleInfo info = GuestModuleReader.Read(module, new GuestModuleLimits());
        Assert.Equal(ulong.MaxValue, info.MinimumMemoryBytes);
        Assert.Equal(ulong.MaxValue, info.MinimumTableElements);
        Assert.Null(GuestModuleReader.Read(new WasmModuleBuilder().ImportWeights().Build(), new GuestModuleLimits()).MinimumMemoryBytes);
    }

    [Theory]
    [InlineData("(elem (i32.const 0) func 0)")]
    [InlineData("(elem func 0)")]
    [InlineData("(elem (table 1) (i32.const 0) func 0 0)")]
    [InlineData("(elem declare func 0)")]
    [InlineData("(elem (i32.const 0) funcref (ref.func 0) (ref.null func))")]
    [InlineData("(elem externref (ref.null extern))")]
    [InlineData("(elem (table 1) (i32.const 0) (ref null 0) (ref.func 0))")]
    [InlineData("(elem declare (ref func) (ref.func 0))")]
    [InlineData("(global externref (ref.null extern))")]
    [InlineData("(global (ref 0) (ref.func 0))")]
    [InlineData("(global v128 (v128.const i64x2 1 2))")]
    [InlineData("(global i64 (i64.mul (i64.const 3) (i64.add (i64.const 4) (i64.sub (i64.const 9) (i64.const 1)))))")]
    [InlineData("(global f32 (f32.const 1)) (global f64 (f64.const 2))")]
    [InlineData("(table i64 3 9 externref)")]
    [InlineData("(memory 1 2 shared)")]
    [InlineData("(type (func (param (ref null 0) exnref nullfuncref nullexternref) (result (ref extern) v128)))")]
    public void Read_DeclarationAssembledByTheEngine_IsAccepted(string declaration)
    {
        byte[] module = Module.ConvertText($"(module (type (func)) (func (type 0)) (table 2 funcref) (table 2 funcref) {declaration} (memory (export \"after\") 7))");
        Assert.Null(_referee.Validate(module));
        GuestModuleInfo info = GuestModuleReader.Read(module, new GuestModuleLimits());
        Assert.Equal(7UL, info.Exports.Single(export => export.Name == "after").Size!.Minimum);
    }

    internal static byte[] RichModule()
    {
        WasmModuleBuilder builder = new();
        int acquire = builder.Type([I32, I32], [I64]);
        int run = builder.Type([], [I32]);
        int start = builder.Type([], []);
        builder.Type([F32], [F32]);
        builder.Raw(2, new WasmCode().U(5)
            .Name("wasmchord").Name("layer_acquire").Bytes(0, (byte)acquire)
            .Name("wasmchord").Name("weights").Bytes(2, 4, 0)
            .Name("env").Name("table").Bytes(1, 0x70, 1, 1, 2)
            .Name("env").Name("limit").Bytes(3, I64, 0)
            .Name("env").Name("tag").Bytes(4, 0, (byte)start).ToArray());
        builder.Memory(3, 4).Table(7).Tag(start);
        builder.Global(I32, isMutable: true, new WasmCode().I32(-7));
        builder.Export("memory", 2, 1).Export("run", 0, 2).Export("weights_again", 2, 0).Export("tables", 1, 1).Export("global", 3, 1).Export("tag", 4, 1);
        builder.Function(start, new WasmCode().I32(0).I32(1).Bytes(0x36).MemoryArgument(2, 1, 16));
        builder.Function(run, new WasmCode().I32(1).Bytes(0x21, 0).I64(0).Bytes(0x29).MemoryArgument(3, 0).Drop().Bytes(0x20, 0), (1, I32), (2, I64));
        builder.Start(1).Element(new WasmCode().U(2).U(1).I32(0).Bytes(0x0B, 0).U(1).U(1));
        builder.ActiveData(1, new WasmCode().I32(100), [1, 2, 3]).PassiveData([4, 5]);
        builder.Custom("name", [0]).Custom("producers", [1, 2, 3]);
        return builder.Build();
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
