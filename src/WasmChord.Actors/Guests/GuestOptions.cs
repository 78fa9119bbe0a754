using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>How a guest is run.</summary>
public sealed record GuestOptions
{
    /// <summary>The exported <c>run</c>, else <c>_start</c>, without arguments, within the settings' limits.</summary>
    public static GuestOptions Default { get; } = new();

    /// <summary>The exported function to call; null for <c>run</c>, else <c>_start</c>.</summary>
    public string? Invoke { get; init; }

    /// <summary>Its arguments, as text: each is read as the parameter's type wants it.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>What it may use; null for the settings' limits.</summary>
    public GuestLimits? Limits { get; init; }

    /// <summary>Stops the guest.</summary>
    public CancellationToken Cancellation { get; init; }
}
