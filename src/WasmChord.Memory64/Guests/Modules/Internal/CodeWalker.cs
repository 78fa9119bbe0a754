namespace WasmChord.Memory64;

/// <summary>
/// Walks over the instructions of an expression, from first to last, with neither types nor operands: memory indices are
/// immediates, so that what an instruction may write to can be told from the bytes alone. Code that cannot be reached is
/// walked too. Blocks are counted on an explicit stack, so that input controls no recursion.
/// </summary>
internal ref struct CodeWalker
{
    // What growing and copying turn into searches as long as so many blocks would.
    private const int BlocksOfGrowing = 8;

    private readonly ModuleIndexSpaces _module;
    private readonly GuestModuleLimits _limits;
    private readonly CompileEstimate _estimate;
    private OpenBlock[] _blocks;
    private long _opened;
    private int _depth;
    private int _loops; // how many of the open blocks are loops
    private long _height; // values on the operand stack, at most: code that cannot be reached is counted too
    private int _function;
    private uint _locals;
    private bool _isConstant;

    /// <summary>A walker over code of a module whose declarations have been read.</summary>
    public CodeWalker(ModuleIndexSpaces module, GuestModuleLimits limits, CompileEstimate estimate)
    {
        _module = module;
        _limits = limits;
        _estimate = estimate;
        _blocks = new OpenBlock[64];
    }

    /// <summary>Walks over the body of a function.</summary>
    /// <param name="bytes">Exactly the body, locals included.</param>
    /// <param name="function">Its index, imports counted.</param>
    /// <exception cref="GuestModuleException">It is malformed, too large, or could write to the weights.</exception>
    public void WalkFunction(ref ModuleBytes bytes, int function)
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
        GuestFunctionType type = _module.Types[_module.Functions[function]];
        _estimate.AddFunction(type, start);
        _locals = (uint)locals + (uint)type.Parameters.Count;
        _isConstant = false;
        _opened = 0;
        Walk(ref bytes);
        bytes.ExpectEnd("a function's body");
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
        (_depth, _loops, _height) = (0, 0, 0);
        Open(ref bytes, default, mayHaveElse: false, isLoop: false);
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
            if (_isConstant) _estimate.AddConstant(start);
            else Estimate(first, opcode, start);
            OperandForm form = table.FormOf(opcode);
            int memory = ReadOperands(ref bytes, form, start, first, opcode);
            if (memory >= 0 && _module.AreWeights[memory])
                throw Refuse(GuestModuleError.WritesWeights, start, first, opcode, $"could write to memory {memory}, the weights");
        }
    }

    /// <summary>What an instruction costs a compiler, apart from the blocks and branches that it names, and what it does to the operand stack.</summary>
    private void Estimate(byte first, uint opcode, int start)
    {
        long alive = _locals + _height;
        _estimate.AddInstruction(alive, start);
        switch (first, opcode)
        {
            case (0x11 or 0x13 or 0x14 or 0x15 or 0x25, _):
                _estimate.AddHiddenBlocks(alive, _opened++, start);
                break;
            case (0x40, _) or (Opcodes.MiscellaneousPrefix, >= 12 and <= 15 or 17):
                _estimate.AddHiddenBlocks(alive, BlocksOfGrowing * _opened, start);
                _opened++;
                break;
            case (0x10 or 0x12 or Opcodes.FunctionReference, _) or (Opcodes.MiscellaneousPrefix, >= 8 and <= 11):
                _estimate.AddCall(start);
                break;
            case ((>= 0x6D and <= 0x70) or (>= 0x7F and <= 0x82) or (>= 0xA8 and <= 0xAB) or (>= 0xAE and <= 0xB1) or 0xB5 or 0xBA, _):
                _estimate.AddTrap(start);
                break;
        }

        _height += StackEffects.Of(first, opcode);
        if (_height < _blocks[_depth - 1].Base) _height = _blocks[_depth - 1].Base;
    }

    /// <summary>Takes what a call takes, and gives what it gives.</summary>
    private void Called(int type)
    {
        GuestFunctionType called = _module.Types[type];
        _height = Math.Max(_height - called.Parameters.Count, _blocks[_depth - 1].Base) + called.Results.Count;
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
                BlockArity arity = TypeDecoding.ReadBlockType(ref bytes, _module.Types);
                ReadCatches(ref bytes);
                Open(ref bytes, arity, mayHaveElse: false, isLoop: false);
                return -1;
            case OperandForm.Else:
                if (!_blocks[_depth - 1].MayHaveElse) throw Refuse(GuestModuleError.Malformed, start, first, opcode, "is outside an if");
                _blocks[_depth - 1].MayHaveElse = false;
                _height = _blocks[_depth - 1].Base + _blocks[_depth - 1].Arity.Parameters;
                return -1;
            case OperandForm.End:
                if (_blocks[--_depth].IsLoop) _loops--;
                _height = _blocks[_depth].Base + _blocks[_depth].Arity.Results;
                return -1;
            case OperandForm.Label: ReadLabel(ref bytes); return -1;
            case OperandForm.LabelTable: ReadLabels(ref bytes); return -1;
            case OperandForm.Function:
                int function = TypeDecoding.ReadIndex(ref bytes, _module.Functions.Count, "function");
                if (first == Opcodes.FunctionReference) _module.Refer(function, _estimate, start);
                else Called(_module.Functions[function]);
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
        if (_module.Memories[memory].Is64Bit) _estimate.AddLongAddress(start);
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

    // Every branch hands over the values that its target takes, and what the locals are at that moment.
    private readonly void ReadLabel(ref ModuleBytes bytes)
    {
        int start = bytes.Position;
        int label = TypeDecoding.ReadIndex(ref bytes, _depth, "label");
        BlockArity arity = _blocks[_depth - 1 - label].Arity;
        _estimate.AddBranch((long)_locals + arity.Parameters + arity.Results, start);
    }

    private void ReadCalledType(ref ModuleBytes bytes) => Called(TypeDecoding.ReadIndex(ref bytes, _module.Types.Count, "type"));

    /// <summary>
    /// A block begins. What a compiler does for it grows with the values that may flow into it, and for a loop with the
    /// loops around it too: a thousand loops within each other take a compiler minutes.
    /// </summary>
    private void Open(ref ModuleBytes bytes, BlockArity arity, bool mayHaveElse, bool isLoop)
    {
        if (_depth >= _limits.MaximumNesting)
            throw GuestRefusals.TooLarge($"blocks are nested deeper than {_limits.MaximumNesting} in function {_function}", bytes.Position);
        if (_depth == _blocks.Length) Array.Resize(ref _blocks, 2 * _depth);
        if (isLoop) _loops++;
        if (!_isConstant) _estimate.AddBlock(_locals + _height + arity.Parameters + arity.Results, isLoop ? _loops : 0, _opened++, bytes.Position);
        long below = _depth == 0 ? 0 : Math.Max(_height - arity.Parameters, _blocks[_depth - 1].Base);
        _height = below + arity.Parameters;
        _blocks[_depth++] = new OpenBlock(below, arity, isLoop) { MayHaveElse = mayHaveElse };
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
    /// <param name="Base">Height of the operand stack below what it takes.</param>
    /// <param name="Arity">What it takes and gives.</param>
    /// <param name="IsLoop">Whether a branch to it goes back.</param>
    private record struct OpenBlock(long Base, BlockArity Arity, bool IsLoop)
    {
        /// <summary>True where it is an <c>if</c> that may still have its <c>else</c>.</summary>
        public bool MayHaveElse { get; set; }
    }
}
