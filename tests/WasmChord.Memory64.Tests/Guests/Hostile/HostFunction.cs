namespace WasmChord.Memory64.Tests.Guests;

/// <summary>A function that the host offers to guests, as <c>docs/GUESTS.md</c> has it.</summary>
/// <param name="Module">Its module.</param>
/// <param name="Name">Its name.</param>
/// <param name="Signature">Parameters and result: i for i32, l for i64, f for f32.</param>
internal sealed record HostFunction(string Module, string Name, string Signature)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<HostFunction> All { get; } =
    [
        new("env", "memory64_is_enabled", ":i"),
        new("env", "memory64_load_layer", "iii:i"),
        new("env", "memory64_read", "lii:i"),
        new("env", "memory64_stats", ":l"),
        new("env", "memory64_stats_ex", "ii:i"),
        new("wasmchord", "layer_count", ":i"),
        new("wasmchord", "layer_acquire", "ii:l"),
        new("wasmchord", "layer_release", "i:i"),
        new("wasmchord", "layer_bytes", "i:l"),
        new("wasmchord", "layer_tensor", "iiii:i"),
        new("wasmchord", "layer_tensor_at", "iii:i"),
        new("wasmchord", "metadata_number", "iii:i"),
        new("wasmchord", "metadata_text", "iiii:i"),
        new("wasmchord", "weights_read", "lii:i"),
        new("wasmchord", "log", "ii:i"),
        new("wasmchord", "tensor_dequantize", "liii:i"),
        new("wasmchord", "matvec", "liiiii:i"),
        new("wasmchord", "rms_norm", "iiifi:i"),
        new("wasmchord", "rope", "iiiiifi:i"),
        new("wasmchord", "softmax", "ii:i"),
        new("wasmchord", "silu_multiply", "iiii:i"),
    ];

    /// <summary>Types of the parameters, as letters.</summary>
    public string Parameters => Signature[..Signature.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>Type of the result, as a letter.</summary>
    public char Result => Signature[^1];

    /// <summary>The function of a name.</summary>
    public static HostFunction Named(string name) => All.Single(function => function.Name == name);

    /// <summary>Declares its type.</summary>
    public int Type(WasmModuleBuilder builder) => builder.Type([.. Parameters.Select(TypeOf)], [TypeOf(Result)]);

    /// <summary>The binary format's number of a type.</summary>
    public static byte TypeOf(char letter) => letter switch
    {
        'i' => 0x7F,
        'l' => 0x7E,
        _ => 0x7D,
    };
}
