namespace WasmChord.Memory64;

/// <summary>Reads types. Source: WebAssembly Core Specification 3.0, "Binary Format: Types".</summary>
internal static class TypeDecoding
{
    /// <summary>A function type; every other kind of type belongs to garbage collection.</summary>
    public static GuestFunctionType ReadFunctionType(ref ModuleBytes bytes, int typeCount, GuestModuleLimits limits)
    {
        int start = bytes.Position;
        byte form = bytes.ReadByte();
        string? refused = form switch
        {
            0x60 => null,
            0x4E => "a recursive group of types",
            0x4F or 0x50 => "a type with supertypes",
            0x5D => "a continuation type (stack switching)",
            0x5E => "an array type (garbage collection)",
            0x5F => "a structure type (garbage collection)",
            0x65 => "a shared type",
            _ => "",
        };
        if (refused is { Length: 0 }) throw GuestRefusals.Malformed($"0x{form:x2} begins no type", start);
        if (refused is not null) throw GuestRefusals.Unsupported(refused, start);
        return new GuestFunctionType(
            ReadValueTypes(ref bytes, typeCount, "parameters", limits.MaximumParameters),
            ReadValueTypes(ref bytes, typeCount, "results", limits.MaximumParameters));
    }

    /// <summary>A list of value types.</summary>
    public static GuestValueType[] ReadValueTypes(ref ModuleBytes bytes, int typeCount, string what, int maximum)
    {
        int count = bytes.ReadCount(what, maximum);
        if (count == 0) return [];
        GuestValueType[] types = new GuestValueType[count];
        for (int i = 0; i < count; i++) types[i] = ReadValueType(ref bytes, typeCount);
        return types;
    }

    /// <summary>A value type.</summary>
    public static GuestValueType ReadValueType(ref ModuleBytes bytes, int typeCount)
    {
        switch (bytes.Peek())
        {
            case 0x7F: bytes.ReadByte(); return GuestValueType.I32;
            case 0x7E: bytes.ReadByte(); return GuestValueType.I64;
            case 0x7D: bytes.ReadByte(); return GuestValueType.F32;
            case 0x7C: bytes.ReadByte(); return GuestValueType.F64;
            case 0x7B: bytes.ReadByte(); return GuestValueType.V128;
            default: return ReadReferenceType(ref bytes, typeCount);
        }
    }

    /// <summary>A reference type.</summary>
    public static GuestValueType ReadReferenceType(ref ModuleBytes bytes, int typeCount)
    {
        int start = bytes.Position;
        byte first = bytes.Peek();
        if (first is 0x63 or 0x64) bytes.ReadByte();
        else if (first is < 0x65 or > 0x75) throw GuestRefusals.Malformed($"0x{first:x2} begins no value type", start);
        int heap = ReadHeapType(ref bytes, typeCount);
        if (first == 0x64) return GuestValueType.OtherReference;
        return heap switch
        {
            -0x10 => GuestValueType.FunctionReference,
            -0x11 => GuestValueType.ExternalReference,
            _ => GuestValueType.OtherReference,
        };
    }

    /// <summary>A heap type: the index of a type, or a negative number for an abstract one.</summary>
    public static int ReadHeapType(ref ModuleBytes bytes, int typeCount)
    {
        int start = bytes.Position;
        byte first = bytes.Peek();
        switch (first)
        {
            // func, extern, exn and their empty subtypes.
            case 0x70 or 0x6F or 0x69 or 0x72 or 0x73 or 0x74:
                bytes.ReadByte();
                return first - 0x80;
            case 0x6A or 0x6B or 0x6C or 0x6D or 0x6E or 0x71:
                throw GuestRefusals.Unsupported($"heap type 0x{first:x2} (garbage collection)", start);
            case 0x65:
                throw GuestRefusals.Unsupported("a shared heap type", start);
            case 0x68 or 0x75:
                throw GuestRefusals.Unsupported("a continuation (stack switching)", start);
        }

        long index = bytes.ReadSigned(33);
        if (index < 0 || index >= typeCount) throw GuestRefusals.Malformed($"heap type {index} of {typeCount} types", start);
        return (int)index;
    }

    /// <summary>A block type.</summary>
    public static BlockArity ReadBlockType(ref ModuleBytes bytes, IReadOnlyList<GuestFunctionType> types)
    {
        int start = bytes.Position;
        byte first = bytes.Peek();
        if (first == 0x40)
        {
            bytes.ReadByte();
            return default;
        }

        // Bytes with bit 6 and without bit 7 are negative numbers of one byte: no index, so a value type.
        if (first is >= 0x40 and < 0x80)
        {
            ReadValueType(ref bytes, types.Count);
            return new BlockArity(0, 1);
        }

        long index = bytes.ReadSigned(33);
        if (index < 0 || index >= types.Count) throw GuestRefusals.Malformed($"block type {index} of {types.Count} types", start);
        GuestFunctionType type = types[(int)index];
        return new BlockArity(type.Parameters.Count, type.Results.Count);
    }

    /// <summary>The size of a memory or a table.</summary>
    public static GuestSizeLimits ReadSizeLimits(ref ModuleBytes bytes, bool memory)
    {
        int start = bytes.Position;
        byte flags = bytes.ReadByte();
        if (memory && (flags & 0x08) != 0) throw GuestRefusals.Unsupported("a custom page size", start);
        if (!memory && (flags & 0x02) != 0) throw GuestRefusals.Unsupported("a shared table", start);
        if ((flags & ~0x07) != 0) throw GuestRefusals.Malformed($"limits with flags 0x{flags:x2}", start);
        bool is64Bit = (flags & 0x04) != 0;
        ulong minimum = bytes.ReadU64();
        ulong? maximum = (flags & 0x01) != 0 ? bytes.ReadU64() : null;
        return new GuestSizeLimits(minimum, maximum, is64Bit, (flags & 0x02) != 0);
    }

    /// <summary>The type of a table: of its elements, which is passed over, and its size.</summary>
    public static GuestSizeLimits ReadTableType(ref ModuleBytes bytes, int typeCount)
    {
        int start = bytes.Position;
        // The engine's C interface ends the process when it is asked to describe such a table.
        if (ReadReferenceType(ref bytes, typeCount) == GuestValueType.OtherReference) throw GuestRefusals.Unsupported("a table of typed references", start);
        return ReadSizeLimits(ref bytes, memory: false);
    }

    /// <summary>The type of a global.</summary>
    public static GuestGlobalType ReadGlobalType(ref ModuleBytes bytes, int typeCount)
    {
        GuestValueType type = ReadValueType(ref bytes, typeCount);
        int start = bytes.Position;
        byte mutability = bytes.ReadByte();
        if ((mutability & 0x02) != 0) throw GuestRefusals.Unsupported("a shared global", start);
        return mutability <= 1
            ? new GuestGlobalType(type, mutability == 1)
            : throw GuestRefusals.Malformed($"mutability 0x{mutability:x2}", start);
    }

    /// <summary>The type of a tag: an index of a function type.</summary>
    public static int ReadTagType(ref ModuleBytes bytes, int typeCount)
    {
        int start = bytes.Position;
        byte attribute = bytes.ReadByte();
        if (attribute != 0) throw GuestRefusals.Malformed($"attribute 0x{attribute:x2} of a tag", start);
        return ReadIndex(ref bytes, typeCount, "type");
    }

    /// <summary>An index, checked against how many there are.</summary>
    public static int ReadIndex(ref ModuleBytes bytes, int count, string what)
    {
        int start = bytes.Position;
        uint index = bytes.ReadU32();
        return index < (uint)count ? (int)index : throw GuestRefusals.Malformed($"{what} {index} of {count}", start);
    }
}
