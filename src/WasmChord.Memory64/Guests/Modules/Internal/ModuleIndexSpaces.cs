namespace WasmChord.Memory64;

/// <summary>What a module has declared so far, imports first: the meaning of the indices in its code.</summary>
internal sealed class ModuleIndexSpaces
{
    private readonly HashSet<int> _referable = [];

    /// <summary>Function types, by type index.</summary>
    public List<GuestFunctionType> Types { get; } = [];

    /// <summary>The type of each function.</summary>
    public List<int> Functions { get; } = [];

    /// <summary>How many of the functions are imported.</summary>
    public int ImportedFunctions { get; set; }

    /// <summary>The size of each table.</summary>
    public List<GuestSizeLimits> Tables { get; } = [];

    /// <summary>How many of the tables are imported.</summary>
    public int ImportedTables { get; set; }

    /// <summary>The size of each memory.</summary>
    public List<GuestSizeLimits> Memories { get; } = [];

    /// <summary>Which of the memories are the weights.</summary>
    public List<bool> AreWeights { get; } = [];

    /// <summary>How many of the memories are imported.</summary>
    public int ImportedMemories { get; set; }

    /// <summary>The type of each global.</summary>
    public List<GuestGlobalType> Globals { get; } = [];

    /// <summary>The type of each tag.</summary>
    public List<int> Tags { get; } = [];

    /// <summary>How many element segments there are.</summary>
    public int Elements { get; set; }

    /// <summary>How many data segments the data count section promises; null where there is none.</summary>
    public int? DataCount { get; set; }

    /// <summary>A function can be called from elsewhere, or through a table: compilers make a passage for it, once.</summary>
    public void Refer(int function, CompileEstimate estimate, int offset)
    {
        if (_referable.Add(function)) estimate.AddReferable(Types[Functions[function]], offset);
    }
}
