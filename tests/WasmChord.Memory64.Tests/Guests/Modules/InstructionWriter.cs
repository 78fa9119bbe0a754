namespace WasmChord.Memory64.Tests.Guests;

/// <summary>
/// Writes random instructions of every kind, each after an <c>unreachable</c> so that any operands fit, with integers of
/// any legal length. It knows what it writes: the first write to a memory is told without reading anything back.
/// </summary>
internal sealed class InstructionWriter
{
    private static readonly (byte Prefix, uint Opcode)[] Others = [.. List()];

    private readonly Random _random;

    public InstructionWriter(int seed) => _random = new Random(seed);

    /// <summary>Writes one instruction. Returns true where it could write to the weights.</summary>
    public bool Write(WasmCode code, int weights, bool mayWriteWeights)
    {
        code.Unreachable();
        if (_random.Next(3) == 0)
        {
            (byte prefix, uint opcode) = Others[_random.Next(Others.Length)];
            WriteOther(code, prefix, opcode);
            return false;
        }

        MemoryInstruction instruction = MemoryInstruction.All[_random.Next(MemoryInstruction.All.Count)];
        int memory = _random.Next(2);
        if (instruction.Writes && !mayWriteWeights) memory = 1 - weights;
        ulong offset = (ulong)_random.NextInt64() >> _random.Next(1, 63);
        instruction.Write(code, memory, _random.Next(2), _random.Next(2) == 0, Padding(10), offset);
        return instruction.Writes && memory == weights;
    }

    // Everything that is read in step and touches no memory, but what opens or closes blocks: these are written in pairs.
    private static IEnumerable<(byte Prefix, uint Opcode)> List()
    {
        foreach ((byte prefix, Opcodes table) in ((byte, Opcodes)[])[(0, Opcodes.Plain), (0xFC, Opcodes.Miscellaneous), (0xFD, Opcodes.Vector), (0xFE, Opcodes.Atomic)])
        {
            for (uint opcode = 0; opcode < table.Count; opcode++)
            {
                OperandForm form = table.FormOf(opcode);
                if (form is > OperandForm.Unsupported and < OperandForm.Load and not (OperandForm.Else or OperandForm.End)) yield return (prefix, opcode);
            }
        }
    }

    private int Padding(int most) => _random.Next(4) == 0 ? _random.Next(1, most + 1) : 1;

    private WasmCode Index(WasmCode code, int below) => code.U((ulong)_random.Next(below), Padding(5));

    private void WriteOther(WasmCode code, byte prefix, uint opcode)
    {
        OperandForm form = prefix switch
        {
            0xFC => Opcodes.Miscellaneous.FormOf(opcode),
            0xFD => Opcodes.Vector.FormOf(opcode),
            0xFE => Opcodes.Atomic.FormOf(opcode),
            _ => Opcodes.Plain.FormOf(opcode),
        };
        if (opcode == 0xD6 && prefix == 0)
        {
            // br_on_non_null needs a label that takes a reference.
            code.Bytes(0x02, 0x70, 0x00, 0xD6, 0x00, 0x00, 0x0B, 0x1A);
            return;
        }

        code.Op(prefix, opcode, Padding(5));
        switch (form)
        {
            case OperandForm.Block:
                BlockType(code).Unreachable().Bytes(0x0B);
                break;
            case OperandForm.If:
                BlockType(code).Unreachable().Bytes(0x05).Unreachable().Bytes(0x0B);
                break;
            case OperandForm.TryTable:
                code.Bytes(0x40).U(2, Padding(5)).Bytes(0x00);
                Index(Index(code, 1), 1).Bytes(0x02).U(0, Padding(5)).Bytes(0x0B);
                break;
            case OperandForm.LabelTable:
                int count = _random.Next(5);
                code.U((ulong)count, Padding(5));
                for (int i = 0; i <= count; i++) code.U(0, Padding(5));
                break;
            case OperandForm.ValueTypes: code.U(1, Padding(5)).Bytes(0x7B); break;
            case OperandForm.HeapType: HeapType(code); break;
            case OperandForm.I32: code.S(_random.Next(int.MinValue, int.MaxValue) >> _random.Next(32), Padding(5)); break;
            case OperandForm.I64: code.S(_random.NextInt64(long.MinValue, long.MaxValue) >> _random.Next(64), Padding(10)); break;
            case OperandForm.F32: Raw(code, 4); break;
            case OperandForm.F64: Raw(code, 8); break;
            case OperandForm.V128 when opcode == 12: Raw(code, 16); break;
            case OperandForm.V128:
                for (int i = 0; i < 16; i++) code.Bytes((byte)_random.Next(32));
                break;
            case OperandForm.Lane: code.Bytes((byte)_random.Next(2)); break;
            case OperandForm.Zero: code.Bytes(0); break;
            case OperandForm.TwoTables: Index(Index(code, 2), 2); break;
            case OperandForm.ElementAndTable: Index(code.U(0, Padding(5)), 2); break;
            case OperandForm.TypeAndTable: Index(code.U(0, Padding(5)), 2); break;
            case OperandForm.Table: Index(code, 2); break;
            case OperandForm.None: break;
            case OperandForm.Local: Index(code, 3); break;
            default: code.U(0, Padding(5)); break;
        }
    }

    private WasmCode BlockType(WasmCode code) => _random.Next(3) switch
    {
        0 => code.Bytes(0x40),
        1 => code.Bytes(0x7B),
        _ => code.S(1, Padding(5)),
    };

    private void HeapType(WasmCode code)
    {
        if (_random.Next(2) == 0) code.Bytes(0x6F);
        else code.S(1, Padding(5));
    }

    private void Raw(WasmCode code, int count)
    {
        for (int i = 0; i < count; i++) code.Bytes((byte)_random.Next(256));
    }
}
