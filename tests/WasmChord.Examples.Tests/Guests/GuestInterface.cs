namespace WasmChord.Examples.Tests;

/// <summary>The interface of guests as one text states it: the document, or a file of bindings.</summary>
/// <param name="Functions">Signatures by module and name, as <c>wasmchord.layer_release(layer: i32) -> i32</c>.</param>
/// <param name="Codes">Values by name.</param>
/// <param name="Fields">Offset and type of each field, by structure and field.</param>
internal sealed record GuestInterface(
    SortedDictionary<string, string> Functions, SortedDictionary<string, int> Codes, SortedDictionary<string, (int Offset, string Type)> Fields)
{
    public static GuestInterface Empty() =>
        new(new(StringComparer.Ordinal), new(StringComparer.Ordinal), new(StringComparer.Ordinal));

    /// <summary>Adds a function.</summary>
    /// <param name="module">Module of the import.</param>
    /// <param name="name">Name of the import.</param>
    /// <param name="parameters">Name and WebAssembly type of each parameter.</param>
    /// <param name="result">WebAssembly type of the result.</param>
    public void AddFunction(string module, string name, IEnumerable<(string Name, string Type)> parameters, string result) =>
        Functions.Add($"{module}.{name}", $"({string.Join(", ", parameters.Select(p => $"{p.Name}: {p.Type}"))}) -> {result}");

    /// <summary>Adds the fields of a structure laid out as C does, each at a multiple of its size.</summary>
    public void AddStructure(string name, IEnumerable<(string Name, string Type)> fields)
    {
        int offset = 0;
        foreach ((string field, string type) in fields)
        {
            int size = type switch { "i64" or "f64" => 8, "i32" or "f32" => 4, _ => throw new FormatException($"{name}.{field}: {type}") };
            offset = (offset + size - 1) / size * size;
            Fields.Add($"{name}.{field}", (offset, type));
            offset += size;
        }
    }

    /// <summary>What <paramref name="other"/> lacks, has too much, or states otherwise; empty where they agree.</summary>
    public List<string> DifferencesTo(GuestInterface other) =>
        [.. Compare(Functions, other.Functions), .. Compare(Codes, other.Codes), .. Compare(Fields, other.Fields)];

    private static IEnumerable<string> Compare<T>(SortedDictionary<string, T> expected, SortedDictionary<string, T> actual)
    {
        foreach ((string name, T value) in expected)
        {
            if (!actual.TryGetValue(name, out T? found)) yield return $"{name} is missing";
            else if (!Equals(value, found)) yield return $"{name} is {found}, not {value}";
        }

        foreach (string name in actual.Keys.Where(n => !expected.ContainsKey(n))) yield return $"{name} is not in the document";
    }
}
