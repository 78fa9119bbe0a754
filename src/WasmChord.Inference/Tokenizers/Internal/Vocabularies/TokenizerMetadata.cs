using WasmChord.Gguf;

namespace WasmChord.Inference;

/// <summary>Reads what is below <c>tokenizer.ggml</c>, refusing what has another type than it should.</summary>
internal sealed class TokenizerMetadata(GgufMetadata metadata)
{
    private const string Prefix = "tokenizer.ggml.";

    // Far beyond any vocabulary, and low enough that every table's size fits an int.
    private const int MaxElements = 1 << 24;

    /// <summary>A string, or null where the key is absent.</summary>
    internal string? Text(string key)
    {
        if (metadata.TryGetString(Prefix + key, out string? value)) return value;
        return metadata.ContainsKey(Prefix + key) ? throw Invalid(key, "it is no short string") : null;
    }

    /// <summary>A boolean, or null where the key is absent.</summary>
    internal bool? Flag(string key)
    {
        if (metadata.TryGetBoolean(Prefix + key, out bool value)) return value;
        return metadata.ContainsKey(Prefix + key) ? throw Invalid(key, "it is no boolean") : null;
    }

    /// <summary>A token; null where the key is absent or names none of <paramref name="count"/> tokens.</summary>
    internal int? Token(string key, int count)
    {
        if (metadata.TryGetInt64(Prefix + key, out long value)) return value >= 0 && value < count ? (int)value : null;
        return metadata.ContainsKey(Prefix + key) ? throw Invalid(key, "it is no whole number") : null;
    }

    /// <summary>An array of strings, as bytes; null where the key is absent.</summary>
    internal async ValueTask<ReadOnlyMemory<byte>[]?> TextsAsync(string key, CancellationToken cancellationToken)
    {
        GgufArray? array = Array(key);
        if (array is null) return null;
        if (array.ElementType != GgufValueType.String) throw Invalid(key, $"it is an array of {array.ElementType}, not of strings");
        return await array.ReadByteStringsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>An array of numbers, at least one for each token; empty where the key is absent.</summary>
    internal async ValueTask<T[]> NumbersAsync<T>(string key, int count, CancellationToken cancellationToken) where T : unmanaged, System.Numerics.INumber<T>
    {
        GgufArray? array = Array(key);
        if (array is null) return [];
        bool isFloat = array.ElementType is GgufValueType.Float32 or GgufValueType.Float64;
        if (array.ElementType is GgufValueType.String or GgufValueType.Boolean || (isFloat && typeof(T) != typeof(float)))
            throw Invalid(key, $"it is an array of {array.ElementType}, not of {typeof(T).Name}");
        if (array.Count < count) throw Invalid(key, $"it has {array.Count} elements for {count} tokens");
        T[] numbers = await array.ReadAsync<T>(cancellationToken).ConfigureAwait(false);
        return numbers.Length == count ? numbers : numbers[..count];
    }

    /// <summary>A value of another part of the metadata, or the empty string.</summary>
    internal string General(string key) => metadata.TryGetString(key, out string? value) ? value : "";

    internal static InferenceException Missing(string key) => new(InferenceError.MissingMetadata, $"the metadata have no {Prefix}{key}");

    internal static InferenceException Invalid(string key, string text) => new(InferenceError.InvalidMetadata, $"{Prefix}{key}: {text}");

    private GgufArray? Array(string key)
    {
        if (!metadata.TryGetArray(Prefix + key, out GgufArray? array))
            return metadata.ContainsKey(Prefix + key) ? throw Invalid(key, "it is no array") : null;
        return array.Count <= MaxElements ? array : throw Invalid(key, $"it has {array.Count} elements; the limit is {MaxElements}");
    }
}
