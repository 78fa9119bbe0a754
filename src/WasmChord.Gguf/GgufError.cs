namespace WasmChord.Gguf;

/// <summary>The ways a GGUF file can be broken.</summary>
public enum GgufError
{
    /// <summary>The first four bytes are not <c>GGUF</c>.</summary>
    BadMagic,

    /// <summary>The version is not 1, 2 or 3.</summary>
    UnsupportedVersion,
}
