namespace WasmChord.Memory64;

/// <summary>Which immediates follow an opcode, and whether the instruction writes to the memory that they name.</summary>
internal enum OperandForm : byte
{
    /// <summary>No such opcode.</summary>
    Unknown,

    /// <summary>An opcode of an extension that guests may not use.</summary>
    Unsupported,

    /// <summary>Nothing follows.</summary>
    None,

    /// <summary>A block type; opens a block.</summary>
    Block,

    /// <summary>A block type; opens a block that may have an <c>else</c>.</summary>
    If,

    /// <summary>Nothing; only within an <c>if</c>, once.</summary>
    Else,

    /// <summary>Nothing; closes a block.</summary>
    End,

    /// <summary>A block type and a list of catch clauses; opens a block.</summary>
    TryTable,

    /// <summary>A label.</summary>
    Label,

    /// <summary>A list of labels and one more.</summary>
    LabelTable,

    /// <summary>A function.</summary>
    Function,

    /// <summary>A type and a table.</summary>
    TypeAndTable,

    /// <summary>A type.</summary>
    Type,

    /// <summary>A list of value types.</summary>
    ValueTypes,

    /// <summary>A heap type.</summary>
    HeapType,

    /// <summary>A tag.</summary>
    Tag,

    /// <summary>A local.</summary>
    Local,

    /// <summary>A global.</summary>
    Global,

    /// <summary>A table.</summary>
    Table,

    /// <summary>Two tables.</summary>
    TwoTables,

    /// <summary>An element segment and a table.</summary>
    ElementAndTable,

    /// <summary>An element segment.</summary>
    Element,

    /// <summary>A data segment.</summary>
    Data,

    /// <summary>A signed integer of 32 bits.</summary>
    I32,

    /// <summary>A signed integer of 64 bits.</summary>
    I64,

    /// <summary>Four bytes.</summary>
    F32,

    /// <summary>Eight bytes.</summary>
    F64,

    /// <summary>Sixteen bytes: a vector or the lanes of a shuffle.</summary>
    V128,

    /// <summary>One byte: a lane.</summary>
    Lane,

    /// <summary>One byte that is zero.</summary>
    Zero,

    /// <summary>A memory argument; reads.</summary>
    Load,

    /// <summary>A memory argument; writes.</summary>
    Store,

    /// <summary>A memory argument and a lane; reads.</summary>
    LoadLane,

    /// <summary>A memory argument and a lane; writes.</summary>
    StoreLane,

    /// <summary>A memory; reads its size.</summary>
    MemorySize,

    /// <summary>A memory; writes, or grows it.</summary>
    MemoryWrite,

    /// <summary>A data segment and a memory; writes.</summary>
    MemoryInit,

    /// <summary>Two memories, destination first; writes to the first.</summary>
    MemoryCopy,
}
