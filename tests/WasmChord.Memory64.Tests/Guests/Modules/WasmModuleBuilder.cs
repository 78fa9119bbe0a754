namespace WasmChord.Memory64.Tests.Guests;

/// <summary>Writes WebAssembly modules for tests, section by section, so that every byte's meaning is known.</summary>
internal sealed class WasmModuleBuilder
{
    private static readonly byte[] Header = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0];

    // Sections in the order of the specification: tags before globals, the data count before the code.
    private static readonly byte[] Order = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

    private readonly Dictionary<byte, List<byte[]>> _items = [];
    private readonly Dictionary<byte, byte[]> _raw = [];
    private readonly List<(string Name, byte[] Content)> _custom = [];

    /// <summary>
    /// A module with two memories of 64 bits, of which <paramref name="weights"/> is the weights, and with two types, two
    /// tables, a tag, a global, two element segments and a passive data segment for instructions to name. It needs a function.
    /// </summary>
    public static WasmModuleBuilder WithWeights(int weights)
    {
        WasmModuleBuilder builder = new();
        builder.Type([], []);
        builder.Type([0x7F], [0x7E]);
        if (weights == 0) builder.ImportWeights(1).Memory(1, is64Bit: true);
        else builder.ImportMemory("env", "own", 1, is64Bit: true).ImportWeights(1);
        builder.Table(1).Table(1).Tag(0).Global(0x7F, isMutable: true, new WasmCode().I32(0));
        builder.Element(new WasmCode().U(1).Bytes(0).U(1).U(0)).Element(new WasmCode().U(3).Bytes(0).U(1).U(0));
        return builder.PassiveData([1]);
    }

    /// <summary>Types of functions: <c>0x7F</c> is i32, <c>0x7E</c> i64, <c>0x7D</c> f32, <c>0x7C</c> f64.</summary>
    public int Type(byte[] parameters, byte[] results) =>
        Add(1, new WasmCode().Bytes(0x60).U((ulong)parameters.Length).Bytes(parameters).U((ulong)results.Length).Bytes(results));

    public WasmModuleBuilder ImportFunction(string module, string name, int type)
    {
        Add(2, new WasmCode().Name(module).Name(name).Bytes(0).U((ulong)type));
        return this;
    }

    public WasmModuleBuilder ImportMemory(string module, string name, ulong minimum, ulong? maximum = null, bool is64Bit = false)
    {
        Add(2, Size(new WasmCode().Name(module).Name(name).Bytes(2), minimum, maximum, is64Bit));
        return this;
    }

    public WasmModuleBuilder ImportWeights(ulong minimum = 0) => ImportMemory("wasmchord", "weights", minimum, is64Bit: true);

    public WasmModuleBuilder Memory(ulong minimum, ulong? maximum = null, bool is64Bit = false)
    {
        Add(5, Size(new WasmCode(), minimum, maximum, is64Bit));
        return this;
    }

    public WasmModuleBuilder Table(ulong minimum, ulong? maximum = null, byte type = 0x70)
    {
        Add(4, Size(new WasmCode().Bytes(type), minimum, maximum, is64Bit: false));
        return this;
    }

    public WasmModuleBuilder Tag(int type)
    {
        Add(13, new WasmCode().Bytes(0).U((ulong)type));
        return this;
    }

    public WasmModuleBuilder Global(byte type, bool isMutable, WasmCode value)
    {
        Add(6, new WasmCode().Bytes(type, (byte)(isMutable ? 1 : 0)).Bytes(value.ToArray()).Bytes(0x0B));
        return this;
    }

    public WasmModuleBuilder Export(string name, byte kind, int index)
    {
        Add(7, new WasmCode().Name(name).Bytes(kind).U((ulong)index));
        return this;
    }

    public WasmModuleBuilder Start(int function) => Raw(8, new WasmCode().U((ulong)function).ToArray());

    public WasmModuleBuilder Element(WasmCode element)
    {
        Add(9, element);
        return this;
    }

    /// <summary>A function; its <c>end</c> is added. The index counts defined functions alone.</summary>
    public int Function(int type, WasmCode code, params (uint Count, byte Type)[] locals)
    {
        WasmCode body = new WasmCode().U((ulong)locals.Length);
        foreach ((uint count, byte local) in locals) body.U(count).Bytes(local);
        body.Bytes(code.ToArray()).Bytes(0x0B);
        Add(10, new WasmCode().U((ulong)body.Length).Bytes(body.ToArray()));
        return Add(3, new WasmCode().U((ulong)type));
    }

    /// <summary>A data segment that is copied into a memory at instantiation.</summary>
    public WasmModuleBuilder ActiveData(int memory, WasmCode offset, byte[] bytes, bool isExplicit = false)
    {
        WasmCode data = memory == 0 && !isExplicit ? new WasmCode().U(0) : new WasmCode().U(2).U((ulong)memory);
        Add(11, data.Bytes(offset.ToArray()).Bytes(0x0B).U((ulong)bytes.Length).Bytes(bytes));
        return this;
    }

    public WasmModuleBuilder PassiveData(byte[] bytes)
    {
        Add(11, new WasmCode().U(1).U((ulong)bytes.Length).Bytes(bytes));
        return this;
    }

    public WasmModuleBuilder Custom(string name, byte[] content)
    {
        _custom.Add((name, content));
        return this;
    }

    /// <summary>A section's content as it stands, in place of what was added to it.</summary>
    public WasmModuleBuilder Raw(byte section, byte[] content)
    {
        _raw[section] = content;
        return this;
    }

    public byte[] Build()
    {
        WasmCode module = new WasmCode().Bytes(Header);
        if (_items.TryGetValue(11, out List<byte[]>? data) && !_raw.ContainsKey(12)) Raw(12, new WasmCode().U((ulong)data.Count).ToArray());
        foreach (byte id in Order)
        {
            if (!_raw.TryGetValue(id, out byte[]? content))
            {
                if (!_items.TryGetValue(id, out List<byte[]>? items)) continue;
                content = new WasmCode().List(items).ToArray();
            }

            module.Bytes(id).U((ulong)content.Length).Bytes(content);
        }

        foreach ((string name, byte[] content) in _custom)
        {
            byte[] section = new WasmCode().Name(name).Bytes(content).ToArray();
            module.Bytes(0).U((ulong)section.Length).Bytes(section);
        }

        return module.ToArray();
    }

    private static WasmCode Size(WasmCode code, ulong minimum, ulong? maximum, bool is64Bit)
    {
        code.Bytes((byte)((maximum is null ? 0 : 1) | (is64Bit ? 4 : 0))).U(minimum);
        return maximum is { } most ? code.U(most) : code;
    }

    private int Add(byte section, WasmCode item)
    {
        if (!_items.TryGetValue(section, out List<byte[]>? items)) _items.Add(section, items = []);
        items.Add(item.ToArray());
        return items.Count - 1;
    }
}
