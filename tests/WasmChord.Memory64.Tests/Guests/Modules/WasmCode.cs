using System.Buffers.Binary;
using System.Text;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>Writes the pieces of a WebAssembly binary: bytes, LEB128 of any legal length, names and instructions.</summary>
internal sealed class WasmCode
{
    private readonly List<byte> _bytes = [];

    /// <summary>How many bytes there are.</summary>
    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public WasmCode Bytes(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>An unsigned LEB128 of at least so many bytes: the specification allows ones that are longer than needed.</summary>
    public WasmCode U(ulong value, int atLeast = 1)
    {
        int written = 0;
        do
        {
            byte low = (byte)(value & 0x7F);
            value >>= 7;
            written++;
            _bytes.Add((byte)(low | (value != 0 || written < atLeast ? 0x80 : 0)));
        }
        while (value != 0 || written < atLeast);
        return this;
    }

    /// <summary>A signed LEB128.</summary>
    public WasmCode S(long value, int atLeast = 1)
    {
        int written = 0;
        while (true)
        {
            byte low = (byte)(value & 0x7F);
            value >>= 7;
            written++;
            bool done = value == (low << 25 >> 31) && written >= atLeast;
            _bytes.Add((byte)(low | (done ? 0 : 0x80)));
            if (done) return this;
        }
    }

    public WasmCode Name(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        return U((ulong)bytes.Length).Bytes(bytes);
    }

    /// <summary>A list's count and its items, already written.</summary>
    public WasmCode List(IReadOnlyList<byte[]> items)
    {
        U((ulong)items.Count);
        foreach (byte[] item in items) Bytes(item);
        return this;
    }

    public WasmCode Unreachable() => Bytes(0x00);

    public WasmCode Drop() => Bytes(0x1A);

    public WasmCode I32(int value) => Bytes(0x41).S(value);

    public WasmCode I64(long value) => Bytes(0x42).S(value);

    public WasmCode F32(float value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return Bytes(0x43).Bytes(bytes);
    }

    public WasmCode F64(double value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        return Bytes(0x44).Bytes(bytes);
    }

    /// <summary>An opcode: one byte, or a prefix and what follows it.</summary>
    public WasmCode Op(byte prefix, uint opcode, int atLeast = 1) => prefix == 0 ? Bytes((byte)opcode) : Bytes(prefix).U(opcode, atLeast);

    /// <summary>A memory argument: bit 6 of the alignment announces a memory's index.</summary>
    public WasmCode MemoryArgument(int alignment, int memory, ulong offset = 0, bool isExplicit = false, int atLeast = 1)
    {
        if (memory == 0 && !isExplicit) return U((ulong)alignment, Math.Min(atLeast, 5)).U(offset, atLeast);
        return U((ulong)alignment | 0x40, Math.Min(atLeast, 5)).U((ulong)memory, Math.Min(atLeast, 5)).U(offset, atLeast);
    }
}
