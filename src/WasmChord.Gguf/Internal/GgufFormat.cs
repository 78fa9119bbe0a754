namespace WasmChord.Gguf.Internal;

/// <summary>Constants of the format, and how wide things are. Source: <c>docs/gguf.md</c> and <c>gguf.cpp</c> of ggml.</summary>
internal static class GgufFormat
{
    public const int LatestVersion = 3;
    public const int DefaultAlignment = 32;
    public const int MaxKeyBytes = 65_535;

    /// <summary>ggml's <c>GGML_MAX_NAME</c>: its names are C strings in 64 bytes.</summary>
    public const int TensorNameLimitBytes = 64;

    public const string AlignmentKey = "general.alignment";
    public const string ArchitectureKey = "general.architecture";
    public const string SplitNumberKey = "split.no";
    public const string SplitCountKey = "split.count";
    public const string SplitTensorCountKey = "split.tensors.count";

    /// <summary>Values up to this size are kept when a file is opened; larger ones are read when asked for.</summary>
    public const int ResidentStringBytes = 64 * 1024;

    /// <summary>Arrays up to this size are kept, so that per-layer settings need no second read.</summary>
    public const int ResidentArrayBytes = 1024;

    public static ReadOnlySpan<byte> Magic => "GGUF"u8;

    /// <summary>True for the keys that describe a shard rather than the model.</summary>
    public static bool IsSplitKey(string key) => key is SplitNumberKey or SplitCountKey or SplitTensorCountKey;

    /// <summary>Bytes of one value; 0 for strings and arrays, −1 for numbers that are no type.</summary>
    public static int SizeOf(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Boolean => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        GgufValueType.String or GgufValueType.Array => 0,
        _ => -1,
    };

    /// <summary>Rounds up to a multiple of a power of two; null where that exceeds <see cref="long"/>.</summary>
    public static long? Align(long position, long alignment)
    {
        long padding = -position & (alignment - 1);
        return position > long.MaxValue - padding ? null : position + padding;
    }
}
