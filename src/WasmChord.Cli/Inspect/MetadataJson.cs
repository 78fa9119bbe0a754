using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary>Metadata as JSON: scalars as they are; of an array its type, its count and its first elements.</summary>
internal static class MetadataJson
{
    private const int FirstElements = 8;

    // Read once for all keys of a file would be more than is shown of them: arrays this long are not read at all.
    private const int MaxShownBytes = 64 << 20;

    private const int MaxStringCharacters = 4096;

    /// <summary>For text: characters of every script as they are.</summary>
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All keys in file order.</summary>
    public static async Task<JsonObject> CreateAsync(GgufMetadata metadata, CancellationToken cancellationToken)
    {
        JsonObject result = [];
        foreach (GgufMetadataEntry entry in metadata)
        {
            result.Add(entry.Key, entry.Value switch
            {
                GgufArray array => await ArrayAsync(array, cancellationToken).ConfigureAwait(false),
                null => Shortened(await entry.ReadStringAsync(cancellationToken).ConfigureAwait(false)),
                object scalar => Scalar(scalar),
            });
        }

        return result;
    }

    private static async Task<JsonObject> ArrayAsync(GgufArray array, CancellationToken cancellationToken)
    {
        JsonArray first = [];
        if (array.ByteLength <= MaxShownBytes)
        {
            switch (array.ElementType)
            {
                case GgufValueType.String:
                    foreach (string s in (await array.ReadStringsAsync(cancellationToken).ConfigureAwait(false)).Take(FirstElements)) first.Add(Shortened(s));
                    break;
                case GgufValueType.Boolean:
                    foreach (bool b in (await array.ReadBooleansAsync(cancellationToken).ConfigureAwait(false)).Take(FirstElements)) first.Add(b);
                    break;
                case GgufValueType.Float32 or GgufValueType.Float64:
                    foreach (double d in (await array.ReadAsync<double>(cancellationToken).ConfigureAwait(false)).Take(FirstElements)) first.Add(Scalar(d));
                    break;
                default:
                    foreach (decimal d in (await array.ReadAsync<decimal>(cancellationToken).ConfigureAwait(false)).Take(FirstElements)) first.Add(d);
                    break;
            }
        }

        return new JsonObject { ["type"] = array.ElementType.ToString().ToLowerInvariant(), ["count"] = array.Count, ["first"] = first };
    }

    private static JsonValue? Scalar(object value) => value switch
    {
        string s => Shortened(s),
        bool b => JsonValue.Create(b),
        // JSON has no numbers that are not finite.
        float f => float.IsFinite(f) ? JsonValue.Create(f) : JsonValue.Create(f.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        double d => double.IsFinite(d) ? JsonValue.Create(d) : JsonValue.Create(d.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ulong u => JsonValue.Create(u),
        IConvertible integer => JsonValue.Create(integer.ToInt64(System.Globalization.CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(value.ToString()),
    };

    private static JsonValue Shortened(string text) =>
        JsonValue.Create(text.Length <= MaxStringCharacters ? text : $"{text[..MaxStringCharacters]}… ({text.Length} characters)")!;
}
