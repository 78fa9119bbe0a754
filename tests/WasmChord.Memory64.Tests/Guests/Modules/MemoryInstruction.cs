namespace WasmChord.Memory64.Tests.Guests;

/// <summary>
/// An instruction that touches a memory, as the specification's index of instructions lists it; written down for the
/// tests a second time, so that a slip in the decoder's lists is not repeated here.
/// </summary>
/// <param name="Prefix">0xFC, 0xFD or 0xFE; 0 for an opcode of one byte.</param>
/// <param name="Opcode">The opcode after it.</param>
/// <param name="Alignment">The largest alignment that is valid, as a power of two; atomics must have it.</param>
/// <param name="Writes">True where it changes the memory.</param>
/// <param name="Operands">What follows: a memory argument, one and a lane, a memory, a data segment and a memory, two memories.</param>
public sealed record MemoryInstruction(byte Prefix, uint Opcode, int Alignment, bool Writes, MemoryOperands Operands)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<MemoryInstruction> All { get; } = [.. Plain(), .. Bulk(), .. Vector(), .. Atomic()];

    public override string ToString() => Prefix == 0 ? $"{Opcode:x2}" : $"{Prefix:x2} {Opcode:x2}";

    /// <summary>Writes the instruction, with any legal length of its integers.</summary>
    internal WasmCode Write(WasmCode code, int memory, int source = 0, bool isExplicit = false, int atLeast = 1, ulong offset = 0)
    {
        code.Op(Prefix, Opcode, Math.Min(atLeast, 5));
        int index = Math.Min(atLeast, 5);
        return Operands switch
        {
            MemoryOperands.Argument => code.MemoryArgument(Alignment, memory, offset, isExplicit, atLeast),
            MemoryOperands.ArgumentAndLane => code.MemoryArgument(Alignment, memory, offset, isExplicit, atLeast).Bytes(1),
            MemoryOperands.Memory => code.U((ulong)memory, index),
            MemoryOperands.DataAndMemory => code.U(0, index).U((ulong)memory, index),
            _ => code.U((ulong)memory, index).U((ulong)source, index),
        };
    }

    private static MemoryInstruction Argument(byte prefix, int opcode, int alignment, bool writes) =>
        new(prefix, (uint)opcode, alignment, writes, MemoryOperands.Argument);

    private static IEnumerable<MemoryInstruction> Plain()
    {
        int[] loads = [2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2];
        int[] stores = [2, 3, 2, 3, 0, 1, 0, 1, 2];
        for (int i = 0; i < loads.Length; i++) yield return Argument(0, 0x28 + i, loads[i], writes: false);
        for (int i = 0; i < stores.Length; i++) yield return Argument(0, 0x36 + i, stores[i], writes: true);
        yield return new(0, 0x3F, 0, false, MemoryOperands.Memory);
        yield return new(0, 0x40, 0, true, MemoryOperands.Memory);
    }

    private static IEnumerable<MemoryInstruction> Bulk()
    {
        yield return new(0xFC, 8, 0, true, MemoryOperands.DataAndMemory);
        yield return new(0xFC, 10, 0, true, MemoryOperands.TwoMemories);
        yield return new(0xFC, 11, 0, true, MemoryOperands.Memory);
    }

    private static IEnumerable<MemoryInstruction> Vector()
    {
        int[] first = [4, 3, 3, 3, 3, 3, 3, 0, 1, 2, 3, 4];
        for (int i = 0; i < first.Length; i++) yield return Argument(0xFD, i, first[i], writes: i == 11);
        for (int i = 0; i < 8; i++)
        {
            // Lanes of 8, 16, 32 and 64 bits: four loads, then four stores.
            yield return new(0xFD, (uint)(84 + i), i % 4, i >= 4, MemoryOperands.ArgumentAndLane);
        }

        yield return Argument(0xFD, 92, 2, writes: false);
        yield return Argument(0xFD, 93, 3, writes: false);
    }

    private static IEnumerable<MemoryInstruction> Atomic()
    {
        yield return Argument(0xFE, 0, 2, writes: true);
        yield return Argument(0xFE, 1, 2, writes: true);
        yield return Argument(0xFE, 2, 3, writes: true);

        // Loads, stores, and seven operations that read and write, each for i32 and i64 in all their widths.
        int[] alignments = [2, 3, 0, 1, 0, 1, 2];
        for (int opcode = 0x10; opcode <= 0x4E; opcode++) yield return Argument(0xFE, opcode, alignments[(opcode - 0x10) % 7], opcode >= 0x17);
    }
}
