namespace WasmChord.Memory64.Tests.Guests;

/// <summary>
/// The engine's validator says what an instruction does to the operand stack: some three operands fit it, and with
/// exactly as many drops after it as values are left, the function is valid.
/// </summary>
public sealed class StackEffectsTests : IClassFixture<RefereeEngine>
{
    private static readonly byte[][] s_values =
    [
        [0x41, 0], [0x42, 0], [0xFD, 0x0C, .. new byte[16]], [0x43, 0, 0, 0, 0], [0x44, 0, 0, 0, 0, 0, 0, 0, 0], [0xD0, 0x70],
    ];

    private readonly RefereeEngine _referee;

    public StackEffectsTests(RefereeEngine referee) => _referee = referee;

    [Theory]
    [InlineData(0, 160)]
    [InlineData(0xFC, 22)]
    [InlineData(0xFD, 256)]
    public void EveryInstruction_LeavesWhatTheEngineSays(byte prefix, int least)
    {
        Opcodes table = prefix switch { 0xFC => Opcodes.Miscellaneous, 0xFD => Opcodes.Vector, _ => Opcodes.Plain };
        List<string> failures = [];
        int seen = 0;
        for (uint opcode = 0; opcode < table.Count; opcode++)
        {
            if (Write(table.FormOf(opcode), prefix, opcode) is not { } instruction) continue;
            seen++;
            int effect = StackEffects.Of(prefix == 0 ? (byte)opcode : prefix, opcode);
            if (!IsExact(instruction, effect)) failures.Add($"{table.NameOf(opcode)} (0x{opcode:x}): {effect}");
        }

        Assert.Empty(failures);
        Assert.True(seen >= least, $"{seen} of at least {least}");
    }

    private bool IsExact(byte[] instruction, int effect)
    {
        // Four operands for the sums of 128 bits; what an instruction does not take lies below.
        foreach (byte[] a in s_values)
            foreach (byte[] b in s_values)
                foreach (byte[] c in s_values)
                    if (IsValid([.. s_values[1], .. a, .. b, .. c], instruction, 4 + effect)) return true;
        return false;
    }

    private bool IsValid(byte[] operands, byte[] instruction, int drops)
    {
        WasmCode code = new WasmCode().Bytes(operands).Bytes(instruction);
        for (int i = 0; i < drops; i++) code.Drop();
        WasmModuleBuilder builder = WasmModuleBuilder.WithWeights(0);
        builder.Function(0, code, (1, 0x7F));
        return _referee.Validate(builder.Build()) is null;
    }

    /// <summary>The instruction with immediates that fit; null for what jumps, calls or opens blocks.</summary>
    private static byte[]? Write(OperandForm form, byte prefix, uint opcode)
    {
        if (prefix == 0 && (opcode < 0x1A || opcode is 0x1F or >= 0xD3)) return null;
        WasmCode code = new WasmCode().Op(prefix, opcode);
        switch (form)
        {
            case OperandForm.Unknown or OperandForm.Unsupported or OperandForm.Zero: return null;
            case OperandForm.None: break;
            case OperandForm.I32 or OperandForm.I64: code.Bytes(0); break;
            case OperandForm.F32: code.Bytes(new byte[4]); break;
            case OperandForm.F64: code.Bytes(new byte[8]); break;
            case OperandForm.V128: code.Bytes(new byte[16]); break;
            case OperandForm.Load or OperandForm.Store: code.MemoryArgument(0, 1); break;
            case OperandForm.LoadLane or OperandForm.StoreLane: code.MemoryArgument(0, 1).Bytes(0); break;
            case OperandForm.MemorySize or OperandForm.MemoryWrite: code.U(1); break;
            case OperandForm.MemoryInit: code.U(0).U(1); break;
            case OperandForm.MemoryCopy: code.U(1).U(1); break;
            case OperandForm.ValueTypes: code.U(1).Bytes(0x7F); break;
            case OperandForm.HeapType: code.Bytes(0x70); break;
            case OperandForm.TwoTables or OperandForm.ElementAndTable: code.U(0).U(0); break;
            default: code.U(0); break;
        }

        return code.ToArray();
    }
}
