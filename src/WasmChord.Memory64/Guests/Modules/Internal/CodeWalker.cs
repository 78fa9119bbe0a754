namespace WasmChord.Memory64;

/// <summary>
/// Walks over the instructions of an expression, from first to last, with neither types nor operands: memory indices are
/// immediates, so that what an instruction may write to can be told from the bytes alone. Code that cannot be reached is
/// walked too. Blocks are counted on an explicit stack, so that input controls no recursion.
/// </summary>
internal ref struct CodeWalker
{
    private readonly ModuleIndexSpaces _module;
    private readonly GuestModuleLimits _limits;

    // A compiler's work grows with the square of a function's blocks, slowly: what it keeps for each goes through all.
    private const int BlocksPerUnit = 16;

    private OpenBlock[] _blocks;
    private long _opened;
    private int _depth;
    private int _loops; // how many of the open blocks are loops
    private long _work;
    private int _function;
    private uint _locals;
    private bool _isConstant;

    /// <summary>A walker over code of a module whose declarations have been read.</summary>
    public CodeWalker(ModuleIndexSpaces module, GuestModuleLimits limits)
    {
        _module = module;
        _limits = limits;
        _blocks = new OpenBlock[64];
    }

    /// <summary>Walks over the body of a function.</summary>
    /// <param name="bytes">Exactly the body, locals included.</param>
    /// <param name="function">Its index, imports counted.</param>
    /// <returns>How much work it is to compile, in the units of <see cref="GuestModuleLimits.MaximumFunctionWork"/>.</returns>
    /// <exception cref="GuestModuleException">It is malformed, too large, or could write to the weights.</exception>
    public long WalkFunction(ref ModuleBytes bytes, int function)
    {
        int types = _module.Types.Count;
        ulong locals = 0;
        int start = bytes.Position;
        int groups = bytes.ReadCount("groups of locals", _limits.MaximumLocals);
        for (int i = 0; i < groups; i++)
        {
            locals += bytes.ReadU32();
            TypeDecoding.ReadValueType(ref bytes, types);
        }

        if (locals > (ulong)_limits.MaximumLocals)
            throw GuestRefusals.TooLarge($"function {function} has {locals} locals, allowed are {_limits.MaximumLocals}", start);
        _function = function;
        _locals = (uint)locals + (uint)_module.Types[_module.Functions[function]].Parameters.Count;
        _isConstant = false;
        _opened = 0;
        Walk(ref bytes);
        bytes.ExpectEnd("a function's body");
        if (_work > _limits.MaximumFunctionWork)
            throw GuestRefusals.TooLarge($"function {function} is too much work to compile: {_work} of {_limits.MaximumFunctionWork} for blocks and the values in them", start);
        return _work;
    }

    /// <summary>Walks over a constant expression, with its <c>end</c>.</summary>
    /// <param name="bytes">From its first byte on; moves past it.</param>
    /// <exception cref="GuestModuleException">It is malformed.</exception>
    public void WalkConstant(ref ModuleBytes bytes)
    {
        _function = -1;
        _locals = 0;
        _isConstant = true;
        Walk(ref bytes);
    }

    private void Walk(ref ModuleBytes bytes)
    {
        (_depth, _loops, _work) = (0, 0, 0);
        Open(ref bytes, 0, mayHaveElse: false, isLoop: false);
        while (_depth > 0)
        {
            int start = bytes.Position;
            byte first = bytes.ReadByte();
            uint opcode = first;
            Opcodes table = Opcodes.Plain;
            if (first >= Opcodes.MiscellaneousPrefix && first <= Opcodes.AtomicPrefix)
            {
                table = first switch
                {
                    Opcodes.MiscellaneousPrefix => Opcodes.Miscellaneous,
                    Opcodes.VectorPrefix => Opcodes.Vector,
                    _ => Opcodes.Atomic,
                };
                opcode = bytes.ReadU32();
            }

            if (_isConstant && !Opcodes.IsConstant(first, opcode))
                throw Refuse(GuestModuleError.Malformed, start, first, opcode, "is not allowed in a constant expression");
            OperandForm form = table.FormOf(opcode);
            int memory = ReadOperands(ref bytes, form, start, first, opcode);
            if (memory >= 0 && _module.AreWeights[memory])
                throw Refuse(GuestModuleError.WritesWeights, start, first, opcode, $"could write to memory {memory}, the weights");
        }
    }

    /// <summary>Passes over an instruction's immediates. Returns the memory that it could write to, else −1.</summary>
    private int ReadOperands(ref ModuleBytes bytes, OperandForm form, int start, byte first, uint opcode)
    {
        int types = _module.Types.Count;
        switch (form)
        {
            case OperandForm.None: return -1;
            case OperandForm.Local: ReadLocal(ref bytes); return -1;
            case OperandForm.I32: bytes.ReadSigned(32); return -1;
            case OperandForm.I64: bytes.ReadSigned(64); return -1;
            case OperandForm.F32: bytes.Skip(4, "a constant"); return -1;
            case OperandForm.F64: bytes.Skip(8, "a constant"); return -1;
            case OperandForm.V128: bytes.Skip(16, "a vector"); return -1;
            case OperandForm.Lane: bytes.Skip(1, "a lane"); return -1;
            case OperandForm.Load: ReadMemoryArgument(ref bytes); return -1;
            case OperandForm.Store: return ReadMemoryArgument(ref bytes);
            case OperandForm.LoadLane:
                ReadMemoryArgument(ref bytes);
                bytes.Skip(1, "a lane");
                return -1;
            case OperandForm.StoreLane:
                int stored = ReadMemoryArgument(ref bytes);
                bytes.Skip(1, "a lane");
                return stored;
            case OperandForm.MemorySize: ReadMemory(ref bytes); return -1;
            case OperandForm.MemoryWrite: return ReadMemory(ref bytes);
            case OperandForm.MemoryInit: ReadData(ref bytes); return ReadMemory(ref bytes);
            case OperandForm.MemoryCopy:
                int destination = ReadMemory(ref bytes);
                ReadMemory(ref bytes);
                return destination;
            case OperandForm.Data: ReadData(ref bytes); return -1;
            case OperandForm.Block or OperandForm.If:
                Open(ref bytes, TypeDecoding.ReadBlockType(ref bytes, _module.Types), form == OperandForm.If, isLoop: opcode == Opcodes.Loop);
                return -1;
            case OperandForm.TryTable:
                int values = TypeDecoding.ReadBlockType(ref bytes, _module.Types);
                ReadCatches(ref bytes);
                Open(ref bytes, values, mayHaveElse: false, isLoop: false);
                return -1;
            case OperandForm.Else:
                if (!_blocks[_depth - 1].MayHaveElse) throw Refuse(GuestModuleError.Malformed, start, first, opcode, "is outside an if");
                _blocks[_depth - 1].MayHaveElse = false;
                return -1;
            case OperandForm.End:
                if (_blocks[--_depth].IsLoop) _loops--;
                return -1;
            case OperandForm.Label: ReadLabel(ref bytes); return -1;
            case OperandForm.LabelTable: ReadLabels(ref bytes); return -1;
            case OperandForm.Function:
                int called = TypeDecoding.ReadIndex(ref bytes, _module.Functions.Count, "function");
                _work += _module.Types[_module.Functions[called]].Results.Count;
                return -1;
            case OperandForm.Type: ReadCalledType(ref bytes); return -1;
            case OperandForm.TypeAndTable:
                ReadCalledType(ref bytes);
                ReadTable(ref bytes);
                return -1;
            case OperandForm.ValueTypes: TypeDecoding.ReadValueTypes(ref bytes, types, "types of select", _limits.MaximumParameters); return -1;
            case OperandForm.HeapType: TypeDecoding.ReadHeapType(ref bytes, types); return -1;
            case OperandForm.Tag: TypeDecoding.ReadIndex(ref bytes, _module.Tags.Count, "tag"); return -1;
            case OperandForm.Global: TypeDecoding.ReadIndex(ref bytes, _module.Globals.Count, "global"); return -1;
            case OperandForm.Table: ReadTable(ref bytes); return -1;
            case OperandForm.TwoTables: ReadTable(ref bytes); ReadTable(ref bytes); return -1;
            case OperandForm.ElementAndTable: ReadElement(ref bytes); ReadTable(ref bytes); return -1;
            case OperandForm.Element: ReadElement(ref bytes); return -1;
            case OperandForm.Zero:
                if (bytes.ReadByte() != 0) throw Refuse(GuestModuleError.Malformed, start, first, opcode, "is not followed by zero");
                return -1;
            case OperandForm.Unsupported:
                throw Refuse(GuestModuleError.UnsupportedFeature, start, first, opcode, $"({Opcodes.FeatureOf(first)}) is not supported in guests");
            default:
                throw Refuse(GuestModuleError.UnknownOpcode, start, first, opcode, "is not known");
        }
    }

    /// <summary>
    /// A memory argument: alignment, where bit 6 announces an index of a memory, and the offset. Without an index the
    /// memory is the first one, whichever that is.
    /// </summary>
    private readonly int ReadMemoryArgument(ref ModuleBytes bytes)
    {
        int start = bytes.Position;
        uint alignment = bytes.ReadU32();
        if (alignment >= 0x80) throw GuestRefusals.Malformed($"alignment 0x{alignment:x} in function {_function}", start);
        int memory = 0;
        if ((alignment & 0x40) != 0) memory = ReadMemory(ref bytes);
        else if (_module.Memories.Count == 0) throw GuestRefusals.Malformed($"function {_function} uses a memory where there is none", start);
        bytes.ReadU64();
        return memory;
    }

    private readonly int ReadMemory(ref ModuleBytes bytes) => TypeDecoding.ReadIndex(ref bytes, _module.Memories.Count, "memory");

    private readonly void ReadTable(ref ModuleBytes bytes) => TypeDecoding.ReadIndex(ref bytes, _module.Tables.Count, "table");

    private readonly void ReadElement(ref ModuleBytes bytes) => TypeDecoding.ReadIndex(ref bytes, _module.Elements, "element segment");

    private readonly void ReadData(ref ModuleBytes bytes)
    {
        int count = _module.DataCount ?? throw bytes.Malformed("code names a data segment, and there is no data count section");
        TypeDecoding.ReadIndex(ref bytes, count, "data segment");
    }

    private readonly void ReadLocal(ref ModuleBytes bytes)
    {
        int start = bytes.Position;
        uint local = bytes.ReadU32();
        if (local >= _locals) throw GuestRefusals.Malformed($"local {local} of {_locals} in function {_function}", start);
    }

    private void ReadLabels(ref ModuleBytes bytes)
    {
        int count = bytes.ReadCount("branch targets", _limits.MaximumBranchTargets);
        for (int i = 0; i <= count; i++) ReadLabel(ref bytes);
    }

    private void ReadCatches(ref ModuleBytes bytes)
    {
        int count = bytes.ReadCount("catch clauses", _limits.MaximumBranchTargets);
        for (int i = 0; i < count; i++)
        {
            int start = bytes.Position;
            byte kind = bytes.ReadByte();
            if (kind > 3) throw GuestRefusals.Malformed($"catch clause of kind {kind}", start);
            if (kind <= 1) TypeDecoding.ReadIndex(ref bytes, _module.Tags.Count, "tag");
            ReadLabel(ref bytes);
        }
    }

    // Every branch hands over the values that its target takes.
    private void ReadLabel(ref ModuleBytes bytes)
    {
        int label = TypeDecoding.ReadIndex(ref bytes, _depth, "label");
        _work += _blocks[_depth - 1 - label].Values;
    }

    private void ReadCalledType(ref ModuleBytes bytes)
    {
        int type = TypeDecoding.ReadIndex(ref bytes, _module.Types.Count, "type");
        _work += _module.Types[type].Results.Count;
    }

    /// <summary>
    /// A block begins. What a compiler does for it grows with the values that may flow into it, which are the locals and
    /// what the block takes, and for a loop with the loops around it too: a thousand loops within each other take a
    /// compiler minutes.
    /// </summary>
    private void Open(ref ModuleBytes bytes, int values, bool mayHaveElse, bool isLoop)
    {
        if (_depth >= _limits.MaximumNesting)
            throw GuestRefusals.TooLarge($"blocks are nested deeper than {_limits.MaximumNesting} in function {_function}", bytes.Position);
        if (_depth == _blocks.Length) Array.Resize(ref _blocks, 2 * _depth);
        if (isLoop) _loops++;
        _work += ((long)_locals + values) * (isLoop ? _loops : 1) + _opened++ / BlocksPerUnit;
        _blocks[_depth++] = new OpenBlock(values, isLoop) { MayHaveElse = mayHaveElse };
    }

    private readonly GuestModuleException Refuse(GuestModuleError code, int start, byte first, uint opcode, string what)
    {
        bool prefixed = first is >= Opcodes.MiscellaneousPrefix and <= Opcodes.AtomicPrefix;
        string? name = first switch
        {
            Opcodes.MiscellaneousPrefix => Opcodes.Miscellaneous.NameOf(opcode),
            Opcodes.VectorPrefix => Opcodes.Vector.NameOf(opcode),
            Opcodes.AtomicPrefix => Opcodes.Atomic.NameOf(opcode),
            _ => Opcodes.Plain.NameOf(opcode),
        };
        string number = prefixed ? $"0x{first:x2} 0x{opcode:x2}" : $"0x{first:x2}";
        string place = _function >= 0 ? $"function {_function}" : "constant expression";
        return GuestRefusals.At(code, $"{place}: {name ?? "opcode"} ({number}) {what}", start);
    }

    /// <summary>A block that has not been closed yet.</summary>
    private record struct OpenBlock(int Values, bool IsLoop)
    {
        /// <summary>True where it is an <c>if</c> that may still have its <c>else</c>.</summary>
        public bool MayHaveElse { get; set; }
    }
}
