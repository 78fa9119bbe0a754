namespace WasmChord.Actors;

/// <summary>Why a model cannot be opened.</summary>
public enum ModelRefusal
{
    /// <summary>There is no such file, or it cannot be read.</summary>
    CannotRead,

    /// <summary>The file is not a well-formed GGUF model.</summary>
    BadFormat,

    /// <summary>The file holds no layer that could be served: no tensors, none of a known name, or no tensor data.</summary>
    NothingToServe,

    /// <summary>The budget does not hold one segment in use and one in flight, or the node has not that much left.</summary>
    BudgetTooSmall,

    /// <summary>A setting is out of range.</summary>
    BadSettings,
}
