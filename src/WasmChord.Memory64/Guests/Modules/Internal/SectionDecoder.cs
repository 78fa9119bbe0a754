namespace WasmChord.Memory64;

/// <summary>Reads a module's sections, in their order. Source: WebAssembly Core Specification 3.0, "Binary Format: Modules".</summary>
internal ref struct SectionDecoder
{
    private readonly ModuleIndexSpaces _module = new();
    private readonly GuestModuleLimits _limits;
    private readonly List<GuestImport> _imports = [];
    private readonly List<GuestExport> _exports = [];
    private readonly List<string> _customSections = [];
    private readonly CompileEstimate _estimate;
    private CodeWalker _walker;
    private ModuleBytes _bytes;
    private int? _start;
    private int _bodies;
    private int _dataSegments;
    private long _codeBytes;

    /// <summary>A decoder of a whole module.</summary>
    public SectionDecoder(ReadOnlySpan<byte> module, GuestModuleLimits limits)
    {
        _limits = limits;
        _bytes = new ModuleBytes(module);
        _estimate = new CompileEstimate(limits.MaximumCompileTime);
        _walker = new CodeWalker(_module, limits, _estimate);
    }

    /// <summary>Reads all of it.</summary>
    public GuestModuleInfo Read()
    {
        ReadHeader();
        int last = 0;
        int sections = 0;
        while (_bytes.Remaining > 0)
        {
            int start = _bytes.Position;
            if (++sections > _limits.MaximumSections)
                throw GuestRefusals.TooLarge($"more than {_limits.MaximumSections} sections", start);
            byte id = _bytes.ReadByte();
            ModuleBytes section = _bytes.Take(_bytes.ReadU32(), "a section");
            if (id == 0)
            {
                _customSections.Add(section.ReadName(_limits.MaximumNameBytes));
                continue;
            }

            int order = OrderOf(id);
            if (order == 0) throw GuestRefusals.Malformed($"there is no section {id}", start);
            if (order <= last) throw GuestRefusals.Malformed($"section {id} comes twice or too late", start);
            last = order;
            ReadSection(id, ref section);
            section.ExpectEnd("a section");
        }

        return Finish();
    }

    // Tags stand before globals and the data count before the code; every other section stands where its number says.
    private static int OrderOf(byte id) => id switch
    {
        >= 1 and <= 5 => id,
        13 => 6,
        >= 6 and <= 9 => id + 1,
        12 => 11,
        10 => 12,
        11 => 13,
        _ => 0,
    };

    private void ReadHeader()
    {
        if (!_bytes.ReadBytes(4, "the magic number").SequenceEqual("\0asm"u8))
            throw GuestRefusals.Malformed("not a WebAssembly module in the binary format", 0);
        ReadOnlySpan<byte> version = _bytes.ReadBytes(4, "the version");
        if (version.SequenceEqual((ReadOnlySpan<byte>)[1, 0, 0, 0])) return;
        if (version[2] == 1) throw GuestRefusals.Unsupported("a component", 4);
        throw GuestRefusals.Malformed($"version {Convert.ToHexStringLower(version)}, expected 01000000", 4);
    }

    private void ReadSection(byte id, ref ModuleBytes bytes)
    {
        switch (id)
        {
            case 1: ReadTypes(ref bytes); break;
            case 2: ReadImports(ref bytes); break;
            case 3: ReadFunctions(ref bytes); break;
            case 4: ReadTables(ref bytes); break;
            case 5: ReadMemories(ref bytes); break;
            case 6: ReadGlobals(ref bytes); break;
            case 7: ReadExports(ref bytes); break;
            case 8: _start = TypeDecoding.ReadIndex(ref bytes, _module.Functions.Count, "function"); break;
            case 9: ReadElements(ref bytes); break;
            case 10: ReadCode(ref bytes); break;
            case 11: ReadData(ref bytes); break;
            case 12: _module.DataCount = ReadDataCount(ref bytes); break;
            default: ReadTags(ref bytes); break;
        }
    }

    private readonly void ReadTypes(ref ModuleBytes bytes)
    {
        int count = bytes.ReadCount("types", _limits.MaximumTypes);
        for (int i = 0; i < count; i++)
        {
            GuestFunctionType type = TypeDecoding.ReadFunctionType(ref bytes, i, _limits);
            _estimate.AddType(type, bytes.Position);
            _module.Types.Add(type);
        }
    }

    private readonly void ReadImports(ref ModuleBytes bytes)
    {
        int count = bytes.ReadCount("imports", _limits.MaximumImports);
        for (int i = 0; i < count; i++)
        {
            int start = bytes.Position;
            GuestImport import = ReadImport(ref bytes);
            RequireDescribable(import.Function, import.Global, start);
            _estimate.AddDeclaration(import.Function, start);
            _imports.Add(import);
        }

        _module.ImportedFunctions = _module.Functions.Count;
        _module.ImportedMemories = _module.Memories.Count;
        _module.ImportedTables = _module.Tables.Count;
    }

    private readonly GuestImport ReadImport(ref ModuleBytes bytes)
    {
        string module = bytes.ReadName(_limits.MaximumNameBytes);
        string name = bytes.ReadName(_limits.MaximumNameBytes);
        int start = bytes.Position;
        int types = _module.Types.Count;
        byte kind = bytes.ReadByte();
        switch (kind)
        {
            case 0:
                int function = TypeDecoding.ReadIndex(ref bytes, types, "type");
                _module.Functions.Add(function);
                return new GuestImport(module, name, GuestExternalKind.Function, _module.Types[function]);
            case 1:
                GuestSizeLimits table = TypeDecoding.ReadTableType(ref bytes, types);
                AddTable(table, start);
                return new GuestImport(module, name, GuestExternalKind.Table, Size: table);
            case 2:
                GuestSizeLimits memory = TypeDecoding.ReadSizeLimits(ref bytes, memory: true);
                AddMemory(memory, GuestModuleReader.IsWeights(module, name), start);
                return new GuestImport(module, name, GuestExternalKind.Memory, Size: memory);
            case 3:
                GuestGlobalType global = TypeDecoding.ReadGlobalType(ref bytes, types);
                _module.Globals.Add(global);
                return new GuestImport(module, name, GuestExternalKind.Global, Global: global);
            case 4:
                int tag = TypeDecoding.ReadTagType(ref bytes, types);
                _module.Tags.Add(tag);
                return new GuestImport(module, name, GuestExternalKind.Tag, _module.Types[tag]);
            default:
                throw GuestRefusals.Malformed($"an import of kind 0x{kind:x2}", start);
        }
    }

    private readonly void AddTable(GuestSizeLimits table, int start)
    {
        if (_module.Tables.Count == _limits.MaximumMemories)
            throw GuestRefusals.TooLarge($"more than {_limits.MaximumMemories} tables", start);
        _module.Tables.Add(table);
    }

    private readonly void AddMemory(GuestSizeLimits memory, bool isWeights, int start)
    {
        if (_module.Memories.Count == _limits.MaximumMemories)
            throw GuestRefusals.TooLarge($"more than {_limits.MaximumMemories} memories", start);
        _module.Memories.Add(memory);
        _module.AreWeights.Add(isWeights);
    }

    private readonly void ReadFunctions(ref ModuleBytes bytes)
    {
        int count = bytes.ReadCount("functions", _limits.MaximumFunctions);
        for (int i = 0; i < count; i++) _module.Functions.Add(TypeDecoding.ReadIndex(ref bytes, _module.Types.Count, "type"));
    }

    private void ReadTables(ref ModuleBytes bytes)
    {
        int count = bytes.ReadCount("tables", _limits.MaximumMemories);
        for (int i = 0; i < count; i++)
        {
            // 0x40 announces an initial value; it begins no reference type.
            int start = bytes.Position;
            bool hasValue = bytes.Peek() == 0x40;
            if (hasValue)
            {
                bytes.ReadByte();
                byte reserved = bytes.ReadByte();
                if (reserved != 0) throw GuestRefusals.Malformed($"a table with 0x{reserved:x2} where 0 is due", start);
            }

            AddTable(TypeDecoding.ReadTableType(ref bytes, _module.Types.Count), start);
            if (hasValue) _walker.WalkConstant(ref bytes);
        }
    }

    private readonly void ReadMemories(ref ModuleBytes bytes)
    {
        int count = bytes.ReadCount("memories", _limits.MaximumMemories);
        for (int i = 0; i < count; i++)
        {
            int start = bytes.Position;
            AddMemory(TypeDecoding.ReadSizeLimits(ref bytes, memory: true), isWeights: false, start);
        }
    }

    private readonly void ReadTags(ref ModuleBytes bytes)
    {
        int count = bytes.ReadCount("tags", _limits.MaximumItems);
        for (int i = 0; i < count; i++) _module.Tags.Add(TypeDecoding.ReadTagType(ref bytes, _module.Types.Count));
    }

    private void ReadGlobals(ref ModuleBytes bytes)
    {
        int count = bytes.ReadCount("globals", _limits.MaximumItems);
        for (int i = 0; i < count; i++)
        {
            _estimate.AddDeclaration(null, bytes.Position);
            GuestGlobalType type = TypeDecoding.ReadGlobalType(ref bytes, _module.Types.Count);
            _walker.WalkConstant(ref bytes);
            _module.Globals.Add(type);
        }
    }

    private readonly void ReadExports(ref ModuleBytes bytes)
    {
        int count = bytes.ReadCount("exports", _limits.MaximumExports);
        HashSet<string> names = [];
        for (int i = 0; i < count; i++)
        {
            int start = bytes.Position;
            string name = bytes.ReadName(_limits.MaximumNameBytes);
            if (!names.Add(name)) throw GuestRefusals.Malformed($"two exports have the name \"{GuestText.Name(name)}\"", start);
            GuestExport export = ReadExport(ref bytes, name);
            RequireDescribable(export.Function, export.Kind == GuestExternalKind.Global ? _module.Globals[(int)export.Index] : null, start);
            _estimate.AddDeclaration(export.Function, start);
            if (export.Kind == GuestExternalKind.Function) _module.Refer((int)export.Index, _estimate, start);
            _exports.Add(export);
        }
    }

    // The engine's C interface ends the process when it is asked to describe other references than these two.
    private static void RequireDescribable(GuestFunctionType? function, GuestGlobalType? global, int start)
    {
        bool isOther = global?.Type == GuestValueType.OtherReference
            || (function is not null && function.Parameters.Concat(function.Results).Contains(GuestValueType.OtherReference));
        if (isOther) throw GuestRefusals.Unsupported("an import or export with a typed reference", start);
    }

    private readonly GuestExport ReadExport(ref ModuleBytes bytes, string name)
    {
        int start = bytes.Position;
        byte kind = bytes.ReadByte();
        switch (kind)
        {
            case 0:
                int function = TypeDecoding.ReadIndex(ref bytes, _module.Functions.Count, "function");
                return new GuestExport(name, GuestExternalKind.Function, function, _module.Types[_module.Functions[function]]);
            case 1:
                int table = TypeDecoding.ReadIndex(ref bytes, _module.Tables.Count, "table");
                return new GuestExport(name, GuestExternalKind.Table, table, Size: _module.Tables[table]);
            case 2:
                int memory = TypeDecoding.ReadIndex(ref bytes, _module.Memories.Count, "memory");
                return new GuestExport(name, GuestExternalKind.Memory, memory, Size: _module.Memories[memory]);
            case 3:
                int global = TypeDecoding.ReadIndex(ref bytes, _module.Globals.Count, "global");
                return new GuestExport(name, GuestExternalKind.Global, global);
            case 4:
                int tag = TypeDecoding.ReadIndex(ref bytes, _module.Tags.Count, "tag");
                return new GuestExport(name, GuestExternalKind.Tag, tag, _module.Types[_module.Tags[tag]]);
            default:
                throw GuestRefusals.Malformed($"an export of kind 0x{kind:x2}", start);
        }
    }

    private void ReadElements(ref ModuleBytes bytes)
    {
        int count = bytes.ReadCount("element segments", _limits.MaximumItems);
        for (int i = 0; i < count; i++) ReadElement(ref bytes);
        _module.Elements = count;
    }

    /// <summary>
    /// Bit 0 of the flags: passive or declarative; bit 1: an explicit table, or declarative; bit 2: expressions in place
    /// of function indices.
    /// </summary>
    private void ReadElement(ref ModuleBytes bytes)
    {
        int start = bytes.Position;
        uint flags = bytes.ReadU32();
        if (flags > 7) throw GuestRefusals.Malformed($"an element segment with flags {flags}", start);
        bool isActive = (flags & 1) == 0;
        if (isActive && (flags & 2) != 0) TypeDecoding.ReadIndex(ref bytes, _module.Tables.Count, "table");
        if (isActive) _walker.WalkConstant(ref bytes);
        bool hasExpressions = (flags & 4) != 0;
        if ((flags & 3) != 0) ReadElementType(ref bytes, hasExpressions);
        int count = bytes.ReadCount("elements", int.MaxValue);
        _estimate.AddSegment(start);
        _estimate.AddElements(count, start);
        for (int i = 0; i < count; i++)
        {
            int at = bytes.Position;
            if (hasExpressions) _walker.WalkConstant(ref bytes);
            else _module.Refer(TypeDecoding.ReadIndex(ref bytes, _module.Functions.Count, "function"), _estimate, at);
        }
    }

    private readonly void ReadElementType(ref ModuleBytes bytes, bool hasExpressions)
    {
        if (hasExpressions)
        {
            TypeDecoding.ReadReferenceType(ref bytes, _module.Types.Count);
            return;
        }

        int start = bytes.Position;
        byte kind = bytes.ReadByte();
        if (kind != 0) throw GuestRefusals.Malformed($"elements of kind 0x{kind:x2}", start);
    }

    private readonly int ReadDataCount(ref ModuleBytes bytes)
    {
        int start = bytes.Position;
        uint count = bytes.ReadU32();
        return count <= (uint)_limits.MaximumItems
            ? (int)count
            : throw GuestRefusals.TooLarge($"{count} data segments, allowed are {_limits.MaximumItems}", start);
    }

    private void ReadCode(ref ModuleBytes bytes)
    {
        _codeBytes = bytes.Remaining;
        int start = bytes.Position;
        _bodies = bytes.ReadCount("function bodies", _limits.MaximumFunctions);
        int declared = _module.Functions.Count - _module.ImportedFunctions;
        if (_bodies != declared) throw GuestRefusals.Malformed($"{_bodies} function bodies for {declared} functions", start);
        for (int i = 0; i < _bodies; i++)
        {
            start = bytes.Position;
            uint length = bytes.ReadU32();
            int function = _module.ImportedFunctions + i;
            if (length > (uint)_limits.MaximumFunctionBytes)
                throw GuestRefusals.TooLarge($"function {function} has {length} bytes, allowed are {_limits.MaximumFunctionBytes}", start);
            ModuleBytes body = bytes.Take(length, "a function");
            _walker.WalkFunction(ref body, function);
        }
    }

    private void ReadData(ref ModuleBytes bytes)
    {
        _dataSegments = bytes.ReadCount("data segments", _limits.MaximumItems);
        for (int i = 0; i < _dataSegments; i++)
        {
            int start = bytes.Position;
            uint flags = bytes.ReadU32();
            if (flags > 2) throw GuestRefusals.Malformed($"a data segment with flags {flags}", start);
            // What copies a segment into its memory is code with blocks, all in one function.
            if (flags == 1) _estimate.AddSegment(start);
            else _estimate.AddHiddenBlocks(alive: 0, before: i, start);
            if (flags != 1)
            {
                int memory = 0;
                if (flags == 2) memory = TypeDecoding.ReadIndex(ref bytes, _module.Memories.Count, "memory");
                else if (_module.Memories.Count == 0) throw GuestRefusals.Malformed($"data segment {i} for a memory where there is none", start);
                if (_module.AreWeights[memory])
                    throw GuestRefusals.At(GuestModuleError.WritesWeights, $"data segment {i} would be written to memory {memory}, the weights", start);
                _walker.WalkConstant(ref bytes);
            }

            bytes.Skip(bytes.ReadU32(), "a data segment");
        }
    }

    private readonly GuestModuleInfo Finish()
    {
        int declared = _module.Functions.Count - _module.ImportedFunctions;
        int end = _bytes.Position;
        if (_bodies != declared) throw GuestRefusals.Malformed($"{_bodies} function bodies for {declared} functions", end);
        if (_module.DataCount is { } promised && promised != _dataSegments)
            throw GuestRefusals.Malformed($"{_dataSegments} data segments where {promised} were announced", end);
        List<bool> weights = _module.AreWeights;
        return new GuestModuleInfo(
            _imports,
            _exports,
            weights.Contains(true),
            _exports.Exists(export => export is { Name: GuestModuleReader.MemoryExport, Kind: GuestExternalKind.Memory } && weights[(int)export.Index]),
            declared,
            _codeBytes,
            _module.Memories.Count > _module.ImportedMemories ? MinimumMemoryBytes() : null,
            MinimumTableElements(),
            _start,
            _customSections,
            _estimate.Sum);
    }

    // Minima come from the module, so the sums saturate.
    private readonly ulong MinimumMemoryBytes()
    {
        UInt128 pages = 0;
        for (int i = _module.ImportedMemories; i < _module.Memories.Count; i++) pages += _module.Memories[i].Minimum;
        return ulong.CreateSaturating(pages * GuestModuleReader.PageBytes);
    }

    private readonly ulong MinimumTableElements()
    {
        UInt128 elements = 0;
        for (int i = _module.ImportedTables; i < _module.Tables.Count; i++) elements += _module.Tables[i].Minimum;
        return ulong.CreateSaturating(elements);
    }
}
