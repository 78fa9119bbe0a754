namespace WasmChord.Memory64.Tests.Guests;

/// <summary>What follows the opcode of an instruction that touches a memory.</summary>
public enum MemoryOperands
{
    /// <summary>A memory argument.</summary>
    Argument,

    /// <summary>A memory argument and a lane.</summary>
    ArgumentAndLane,

    /// <summary>A memory.</summary>
    Memory,

    /// <summary>A data segment and a memory.</summary>
    DataAndMemory,

    /// <summary>A destination and a source.</summary>
    TwoMemories,
}
