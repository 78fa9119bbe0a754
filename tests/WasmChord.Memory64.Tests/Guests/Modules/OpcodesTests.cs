using Wasmtime;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>
/// Every opcode is assembled from its name by the engine's own assembler, so that numbers and immediates come from an
/// independent hand. A write to the weights follows each: the walk must find it at its place, else it fell out of step.
/// </summary>
public sealed class OpcodesTests : IClassFixture<RefereeEngine>
{
    private const string Harmless = "(i32.store $own (i64.const 0) (i32.const 0))";
    private const string Marker = "(i32.store $weights (i64.const 0) (i32.const 0))";

    // i32.store, alignment 2 and memory 0, offset 0; then the function's end.
    private static readonly byte[] MarkerBytes = [0x36, 0x02, 0x00, 0x0B];

    private readonly RefereeEngine _referee;

    public OpcodesTests(RefereeEngine referee) => _referee = referee;

    public static TheoryData<int> Prefixes => [0, 0xFC, 0xFD, 0xFE];

    [Theory]
    [MemberData(nameof(Prefixes))]
    public void EveryName_AssembledByTheEngine_IsReadInStep(int prefix)
    {
        Opcodes table = Table(prefix);
        int seen = 0;
        List<string> failures = [];
        for (uint opcode = 0; opcode < table.Count; opcode++)
        {
            OperandForm form = table.FormOf(opcode);
            if (form is OperandForm.Unknown or OperandForm.Unsupported) continue;
            seen++;
            string text = TextOf(table.NameOf(opcode)!, form);
            byte[] module = Assemble(text, Harmless);
            if (_referee.Validate(module) is { } complaint) failures.Add($"{text}: not valid: {complaint}");
            if (!HasOpcode(module, prefix, opcode)) failures.Add($"{text}: not 0x{prefix:x2} 0x{opcode:x2}");
            if (Refusal(module) is { } refusal && !Writes(text)) failures.Add($"{text}: {refusal.Message}");

            byte[] marked = Assemble(text, Marker);
            GuestModuleException? found = Refusal(marked);
            int expected = marked.AsSpan().LastIndexOf(MarkerBytes);
            if (Writes(text) ? found?.Code != GuestModuleError.WritesWeights : found?.Offset != expected)
                failures.Add($"{text}: the write at 0x{expected:x} was not found there: {found?.Message}");
        }

        Assert.Empty(failures);
        Assert.Equal(prefix switch { 0 => 193, 0xFC => 22, 0xFD => 256, _ => 67 }, seen);
    }

    [Theory]
    [MemberData(nameof(Prefixes))]
    public void EveryNumberWithoutName_IsRefusedAsUnknown(int prefix)
    {
        Opcodes table = Table(prefix);
        for (uint opcode = 0; opcode < 0x300; opcode++)
        {
            if (prefix == 0 && opcode > 0xFF) break;
            OperandForm form = table.FormOf(opcode);
            if (form is not (OperandForm.Unknown or OperandForm.Unsupported)) continue;
            if (prefix == 0 && opcode is >= 0xFC and <= 0xFE) continue;
            WasmModuleBuilder builder = new();
            builder.ImportWeights().Function(builder.Type([], []), new WasmCode().Unreachable().Op((byte)prefix, opcode).U(0).U(0).U(0));
            GuestModuleException refusal = Assert.Throws<GuestModuleException>(() => GuestModuleReader.Read(builder.Build(), new GuestModuleLimits()));
            Assert.Equal(form == OperandForm.Unknown ? GuestModuleError.UnknownOpcode : GuestModuleError.UnsupportedFeature, refusal.Code);
            Assert.Contains($"0x{opcode:x2}", refusal.Message, StringComparison.Ordinal);
        }
    }

    private static Opcodes Table(int prefix) => prefix switch
    {
        0xFC => Opcodes.Miscellaneous,
        0xFD => Opcodes.Vector,
        0xFE => Opcodes.Atomic,
        _ => Opcodes.Plain,
    };

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

    // The first memory is the weights, and an instruction that names none means it.
    private static bool Writes(string text) => text is "memory.atomic.notify" or "memory.grow" or "memory.fill"
        || text.Contains("store", StringComparison.Ordinal)
        || text.Contains(".rmw", StringComparison.Ordinal)
        || text.Contains("atomic.wait", StringComparison.Ordinal)
        || text.StartsWith("memory.init", StringComparison.Ordinal)
        || text.StartsWith("memory.copy", StringComparison.Ordinal);

    private static string TextOf(string name, OperandForm form) => form switch
    {
        OperandForm.Block => $"{name} (type 1) unreachable end",
        OperandForm.If => "if unreachable end",
        OperandForm.Else => "if (param i32) unreachable else unreachable end",
        OperandForm.End => "block unreachable end",
        OperandForm.TryTable => "try_table (catch $tag 0) (catch_all 0) end",
        OperandForm.Label when name == "br_on_non_null" => "block (result funcref) unreachable br_on_non_null 0 unreachable end",
        OperandForm.Label => $"{name} 0",
        OperandForm.LabelTable => "br_table 0 0 0 0",
        OperandForm.Function => $"{name} $helper",
        OperandForm.TypeAndTable => $"{name} $second (type 0)",
        OperandForm.Type => $"{name} 0",
        OperandForm.ValueTypes => "select (result (ref null 0))",
        OperandForm.HeapType => "ref.null 0",
        OperandForm.Tag => $"{name} $tag",
        OperandForm.Local => $"{name} 0",
        OperandForm.Global => $"{name} 0",
        OperandForm.Table => $"{name} $second",
        OperandForm.TwoTables => $"{name} $second 0",
        OperandForm.ElementAndTable => $"{name} $second 0",
        OperandForm.Element or OperandForm.Data or OperandForm.MemoryInit => $"{name} 0",
        OperandForm.I32 => $"{name} -1234567",
        OperandForm.I64 => $"{name} -123456789012345",
        OperandForm.F32 or OperandForm.F64 => $"{name} -1.5",
        OperandForm.V128 when name == "v128.const" => "v128.const i32x4 1 2 3 4",
        OperandForm.V128 => $"{name} 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        OperandForm.Lane or OperandForm.LoadLane or OperandForm.StoreLane => $"{name} 1",
        _ => name,
    };

    private static byte[] Assemble(string instruction, string after) => Module.ConvertText($"""
        (module
          (type (func))
          (type (func (param i32) (result i64)))
          (import "wasmchord" "weights" (memory $weights i64 0))
          (memory $own i64 1)
          (table 1 funcref)
          (table $second 1 funcref)
          (tag $tag)
          (global (mut i32) (i32.const 0))
          (elem func $helper)
          (elem declare func $helper)
          (func $helper)
          (func (param i32)
            unreachable
            {instruction}
            unreachable
            {after})
          (data "passive"))
        """);

    // The opcode follows an `unreachable`, somewhere after the body of the helper, which is empty.
    private static bool HasOpcode(byte[] module, int prefix, uint opcode)
    {
        ReadOnlySpan<byte> helper = [0x02, 0x00, 0x0B];
        ReadOnlySpan<byte> body = module.AsSpan(module.AsSpan().IndexOf(helper) + helper.Length);
        return body.IndexOf(new WasmCode().Unreachable().Op((byte)prefix, opcode).ToArray()) >= 0;
    }
}
