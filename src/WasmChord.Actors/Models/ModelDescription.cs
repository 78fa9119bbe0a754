using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>An open model: what it is, and how it is served.</summary>
public sealed record ModelDescription
{
    /// <summary>The path it was opened by.</summary>
    public required string Path { get; init; }

    /// <summary><c>general.architecture</c>; null where the file does not say.</summary>
    public required string? Architecture { get; init; }

    /// <summary>The layers that can be acquired, in the order of the forward pass.</summary>
    public required IReadOnlyList<LayerId> Layers { get; init; }

    /// <summary>Where everything lies.</summary>
    public required ImageLayout Layout { get; init; }

    /// <summary>The tensors, as a segment's tensor index counts them.</summary>
    public required IReadOnlyList<TensorInfo> Tensors { get; init; }

    /// <summary>Bytes of all tensors in the file.</summary>
    public required long TensorBytes { get; init; }

    /// <summary>Resident or streaming, and why.</summary>
    public required ResidencyDecision Residency { get; init; }

    /// <summary>The budget in bytes, buffers included.</summary>
    public required long BudgetBytes { get; init; }

    /// <summary>The part of the budget that is set aside for buffers in flight.</summary>
    public required long BufferBytes { get; init; }

    /// <summary>How the files are read, and why: one sentence a file.</summary>
    public required IReadOnlyList<string> StorageDecisions { get; init; }

    /// <summary>How long a request waits when it states no deadline.</summary>
    public required TimeSpan AcquireTimeout { get; init; }

    /// <summary>Tokens that a stream lets wait for its reader.</summary>
    public required int OutputWindow { get; init; }

    /// <summary>How long the function of <c>UseLayers</c> may hold a layer.</summary>
    public required TimeSpan UseTimeout { get; init; }
}
