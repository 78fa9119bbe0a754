using System.Text.Json;
using System.Text.Json.Serialization;
using WasmChord.TestData;

namespace WasmChord.Examples.Tests;

/// <summary>What examples/guests/built.json says of a prebuilt guest. Paths are relative to examples/guests.</summary>
/// <param name="Guest">The module.</param>
/// <param name="Sha256">Its hash.</param>
/// <param name="Compiler">Which compiler, as build.sh names it.</param>
/// <param name="Version">What that compiler said of itself.</param>
/// <param name="Sources">Hash of every file that it was built from.</param>
internal sealed record BuiltGuest(string Guest, string Sha256, string Compiler, string Version, IReadOnlyDictionary<string, string> Sources)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>examples/guests.</summary>
    public static string Folder { get; } = Path.Combine(SharedTestData.RepositoryRoot, "examples", "guests");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<BuiltGuest> ReadAll() =>
        JsonSerializer.Deserialize<BuiltGuest[]>(File.ReadAllText(PathOf("built.json")), s_json)!;

    /// <summary>The one named, such as <c>checksum/checksum.wasm</c>.</summary>
    public static BuiltGuest Read(string guest) => ReadAll().Single(g => g.Guest == guest);

    /// <summary>The full path of a file below examples/guests.</summary>
    public static string PathOf(string relative) => Path.Combine([Folder, .. relative.Split('/')]);
}
