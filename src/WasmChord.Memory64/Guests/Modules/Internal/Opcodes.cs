using System.Globalization;

namespace WasmChord.Memory64;

/// <summary>
/// The instructions that guests may use: the name and the immediates of each opcode. Source: WebAssembly Core
/// Specification 3.0, "Binary Format: Instructions" and the appendix "Index of Instructions"; the threads proposal
/// (prefix 0xFE) and the wide arithmetic proposal (0xFC 19 to 22). Opcodes not listed there are
/// <see cref="OperandForm.Unknown"/>: what follows them cannot be told.
/// </summary>
internal sealed class Opcodes
{
    /// <summary>The opcode of <c>loop</c>.</summary>
    public const byte Loop = 0x03;

    /// <summary>The opcode of <c>ref.func</c>.</summary>
    public const byte FunctionReference = 0xD2;

    /// <summary>First byte of the instructions with an opcode of their own after it: garbage collection.</summary>
    public const byte GarbageCollectionPrefix = 0xFB;

    /// <summary>First byte of saturating conversions, bulk memory, tables and wide arithmetic.</summary>
    public const byte MiscellaneousPrefix = 0xFC;

    /// <summary>First byte of the vector instructions.</summary>
    public const byte VectorPrefix = 0xFD;

    /// <summary>First byte of the atomic instructions.</summary>
    public const byte AtomicPrefix = 0xFE;

    private readonly string?[] _names;
    private readonly OperandForm[] _forms;

    /// <summary>Reads a list of words: <c>@hex</c> is the next opcode, <c>#form</c> the form of the names that follow.</summary>
    private Opcodes(int count, params ReadOnlySpan<string> lists)
    {
        _names = new string?[count];
        _forms = new OperandForm[count];
        foreach (string list in lists)
        {
            int next = 0;
            OperandForm form = OperandForm.None;
            foreach (string word in list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                if (word[0] == '@') next = int.Parse(word.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                else if (word[0] == '#') form = Enum.Parse<OperandForm>(word.AsSpan(1));
                else
                {
                    _names[next] = word;
                    _forms[next++] = form;
                }
            }
        }
    }

    /// <summary>Opcodes of one byte.</summary>
    public static Opcodes Plain { get; } = new(256, OpcodeLists.Control, OpcodeLists.Memory, OpcodeLists.Numeric);

    /// <summary>Opcodes after 0xFC.</summary>
    public static Opcodes Miscellaneous { get; } = new(32, OpcodeLists.Miscellaneous);

    /// <summary>Opcodes after 0xFD.</summary>
    public static Opcodes Vector { get; } = new(0x114, OpcodeLists.Vector, OpcodeLists.RelaxedVector);

    /// <summary>Opcodes after 0xFE.</summary>
    public static Opcodes Atomic { get; } = new(0x4F, OpcodeLists.Atomic);

    /// <summary>How many opcodes the table has room for.</summary>
    public int Count => _forms.Length;

    /// <summary>The immediates of an opcode.</summary>
    public OperandForm FormOf(uint opcode) => opcode < (uint)_forms.Length ? _forms[opcode] : OperandForm.Unknown;

    /// <summary>The name of an opcode in the text format; null where there is none.</summary>
    public string? NameOf(uint opcode) => opcode < (uint)_names.Length ? _names[opcode] : null;

    /// <summary>True for the instructions of constant expressions that guests may use ("Constant Expressions", and extended constants).</summary>
    /// <param name="first">The opcode's first byte.</param>
    /// <param name="second">What follows a prefix.</param>
    public static bool IsConstant(byte first, uint second) => first switch
    {
        0x0B or 0x23 or 0x41 or 0x42 or 0x43 or 0x44 or 0xD0 or 0xD2 => true,
        0x6A or 0x6B or 0x6C or 0x7C or 0x7D or 0x7E => true,
        VectorPrefix => second == 0x0C,
        _ => false,
    };

    /// <summary>The extension that an opcode of <see cref="OperandForm.Unsupported"/> belongs to.</summary>
    public static string FeatureOf(byte first) => first switch
    {
        0x06 or 0x07 or 0x09 or 0x18 or 0x19 => "legacy exceptions",
        >= 0xE0 and <= 0xE6 => "stack switching",
        MiscellaneousPrefix => "memory control",
        _ => "garbage collection",
    };
}
