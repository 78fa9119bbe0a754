using System.Text;
using System.Text.Unicode;

namespace WasmChord.Memory64;

/// <summary>
/// A cursor over a module's bytes that never passes its end. Integers are LEB128 with exactly the freedom that the
/// specification leaves ("Binary Format: Values"): at most ceil(N/7) bytes, and the unused bits of the last byte zero,
/// or copies of the sign.
/// </summary>
internal ref struct ModuleBytes
{
    private readonly ReadOnlySpan<byte> _module;
    private readonly int _end;

    /// <summary>A cursor over a whole module.</summary>
    public ModuleBytes(ReadOnlySpan<byte> module) : this(module, 0, module.Length)
    {
    }

    private ModuleBytes(ReadOnlySpan<byte> module, int start, int end)
    {
        _module = module;
        Position = start;
        _end = end;
    }

    /// <summary>Offset of the next byte in the module.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes left before the cursor's end.</summary>
    public readonly int Remaining => _end - Position;

    /// <summary>A refusal at the next byte.</summary>
    public readonly GuestModuleException Malformed(string what) => GuestRefusals.Malformed(what, Position);

    /// <summary>The next byte, which stays.</summary>
    public readonly byte Peek() =>
        Position < _end ? _module[Position] : throw Malformed("the bytes end where one more is needed");

    /// <summary>The next byte.</summary>
    public byte ReadByte()
    {
        byte value = Peek();
        Position++;
        return value;
    }

    /// <summary>Passes over bytes.</summary>
    public void Skip(uint count, string what)
    {
        if (count > (uint)Remaining) throw Malformed($"{what} of {count} bytes where {Remaining} are left");
        Position += (int)count;
    }

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes(uint count, string what)
    {
        int start = Position;
        Skip(count, what);
        return _module.Slice(start, (int)count);
    }

    /// <summary>A cursor over the next bytes alone; this one moves past them.</summary>
    public ModuleBytes Take(uint count, string what)
    {
        int start = Position;
        Skip(count, what);
        return new ModuleBytes(_module, start, Position);
    }

    /// <summary>Refuses bytes that are left over.</summary>
    public readonly void ExpectEnd(string what)
    {
        if (Remaining != 0) throw Malformed($"{Remaining} bytes are left at the end of {what}");
    }

    /// <summary>An unsigned integer of 32 bits.</summary>
    public uint ReadU32()
    {
        // One byte is by far the commonest length, and the walk over code is made of these.
        if (Position < _end && _module[Position] < 0x80) return _module[Position++];
        return (uint)ReadUnsigned(32);
    }

    /// <summary>An unsigned integer of 64 bits.</summary>
    public ulong ReadU64() => ReadUnsigned(64);

    /// <summary>A signed integer of 32, 33 or 64 bits.</summary>
    public long ReadSigned(int bits)
    {
        int start = Position;
        long value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = ReadByte();
            int left = bits - shift;
            if (left < 7)
            {
                // Of the last byte only `left` bits count; the others repeat the highest of these.
                int sign = (sbyte)(next << 1) >> left;
                if ((next & 0x80) != 0 || (sign != 0 && sign != -1))
                    throw GuestRefusals.Malformed($"a signed integer that does not fit {bits} bits", start);
            }

            value |= (long)(next & 0x7F) << shift;
            if ((next & 0x80) != 0) continue;
            int used = shift + 7;
            return used < 64 ? value << (64 - used) >> (64 - used) : value;
        }
    }

    /// <summary>A count of items, of which each takes at least one byte.</summary>
    public int ReadCount(string what, int maximum)
    {
        int start = Position;
        uint count = ReadU32();
        if (count > (uint)Remaining) throw GuestRefusals.Malformed($"{count} {what} where {Remaining} bytes are left", start);
        if (count > (uint)maximum) throw GuestRefusals.TooLarge($"{count} {what}, allowed are {maximum}", start);
        return (int)count;
    }

    /// <summary>A name in UTF-8.</summary>
    /// <param name="maximum">Bytes that it may have: a text of twice as many is made of it.</param>
    public string ReadName(int maximum)
    {
        int start = Position;
        ReadOnlySpan<byte> bytes = ReadBytes(ReadU32(), "a name");
        if (bytes.Length > maximum) throw GuestRefusals.TooLarge($"a name of {bytes.Length} bytes, allowed are {maximum}", start);
        if (!Utf8.IsValid(bytes)) throw GuestRefusals.Malformed("a name that is not UTF-8", start);
        return Encoding.UTF8.GetString(bytes);
    }

    private ulong ReadUnsigned(int bits)
    {
        int start = Position;
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = ReadByte();
            int left = bits - shift;
            if (left < 7 && next >> left != 0)
                throw GuestRefusals.Malformed($"an unsigned integer that does not fit {bits} bits", start);
            value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0) return value;
        }
    }
}
