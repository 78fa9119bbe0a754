namespace WasmChord.Memory64;

/// <summary>
/// By how many values each instruction makes the operand stack grow or shrink; calls and blocks, whose types decide, are
/// left to the caller, who adds what they take and give. Source: WebAssembly Core Specification 3.0, "Index of
/// Instructions".
/// </summary>
internal static class StackEffects
{
    private static readonly string[] s_unaryVectors =
    [
        "splat", "lane_s", "lane_u", "extract_lane", ".abs", ".neg", ".sqrt", ".ceil", ".floor", ".trunc", ".nearest", ".popcnt", ".not", "_true", "bitmask",
        "extend_", "extadd_", "convert_", "trunc_", "demote_", "promote_", "v128.load",
    ];

    private static readonly string[] s_ternaryVectors = ["bitselect", "madd", "laneselect", "_add_s", "v128.store"];

    private static readonly sbyte[] s_vector = [.. Enumerable.Range(0, Opcodes.Vector.Count).Select(i => (sbyte)OfVector(Opcodes.Vector.NameOf((uint)i)))];

    /// <summary>The effect of an instruction, apart from a block's or a called function's type.</summary>
    /// <param name="first">Its first byte.</param>
    /// <param name="opcode">Its opcode; what follows the first byte where that is a prefix.</param>
    public static int Of(byte first, uint opcode) => first switch
    {
        Opcodes.VectorPrefix => opcode < (uint)s_vector.Length ? s_vector[opcode] : 0,
        Opcodes.MiscellaneousPrefix => OfMiscellaneous(opcode),
        // Atomics never take more than they give by this: an upper bound is enough.
        Opcodes.AtomicPrefix => 0,
        _ => OfPlain(first),
    };

    private static int OfPlain(byte opcode) => opcode switch
    {
        0x04 or 0x0D or 0x0E => -1, // the condition
        0x11 or 0x13 => -1, // the element
        0x1A or 0x21 or 0x24 => -1,
        0x1B or 0x1C or 0x26 => -2,
        0x20 or 0x23 or 0x3F or 0xD0 or 0xD2 => 1,
        >= 0x36 and <= 0x3E => -2,
        >= 0x41 and <= 0x44 => 1,
        0x45 or 0x50 => 0,
        >= 0x46 and <= 0x66 => -1, // comparisons
        (>= 0x6A and <= 0x78) or (>= 0x7C and <= 0x8A) or (>= 0x92 and <= 0x98) or (>= 0xA0 and <= 0xA6) => -1,
        _ => 0,
    };

    private static int OfMiscellaneous(uint opcode) => opcode switch
    {
        8 or 10 or 11 or 12 or 14 or 17 => -3,
        15 => -1,
        16 => 1,
        19 or 20 => -2,
        _ => 0,
    };

    private static int OfVector(string? name)
    {
        if (name is null) return 0;
        if (name == "v128.const") return 1;
        if (name.StartsWith("v128.load", StringComparison.Ordinal) && name.EndsWith("_lane", StringComparison.Ordinal)) return -1;
        if (s_ternaryVectors.Any(part => name.Contains(part, StringComparison.Ordinal))) return -2;
        bool isSecond = name.Contains("replace_lane", StringComparison.Ordinal) || name.EndsWith("_sat_s", StringComparison.Ordinal) || name.EndsWith("_sat_u", StringComparison.Ordinal);
        return !isSecond && s_unaryVectors.Any(part => name.Contains(part, StringComparison.Ordinal)) ? 0 : -1;
    }
}
