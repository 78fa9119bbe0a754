using Wasmtime;

namespace WasmChord.Memory64;

/// <summary>
/// A module that was checked and compiled: it cannot write to weights. Shared by any number of guests and owned by the
/// <see cref="GuestEngine"/> that made it.
/// </summary>
public sealed class GuestModule
{
    internal GuestModule(Module compiled, GuestModuleInfo info, string hash)
    {
        Compiled = compiled;
        Info = info;
        Hash = hash;
    }

    /// <summary>What the check found.</summary>
    public GuestModuleInfo Info { get; }

    /// <summary>SHA-256 of the binary, in hexadecimal digits.</summary>
    public string Hash { get; }

    internal Module Compiled { get; }
}
