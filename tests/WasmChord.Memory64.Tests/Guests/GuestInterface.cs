using System.Text;
using System.Text.RegularExpressions;
using WasmChord.TestData;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>The binary interface as <c>docs/GUESTS.md</c> states it: what guests are built against here.</summary>
internal static partial class GuestInterface
{
    private static readonly string[] s_page = File.ReadAllLines(Path.Combine(SharedTestData.RepositoryRoot, "docs", "GUESTS.md"));

    /// <summary>Every function that guests can import.</summary>
    public static IReadOnlyList<HostFunction> Functions { get; } = ReadFunctions();

    /// <summary>The codes by name.</summary>
    public static IReadOnlyDictionary<string, int> Codes { get; } = s_page
        .Select(line => CodeLine().Match(line)).Where(m => m.Success)
        .ToDictionary(m => m.Groups[2].Value, m => -int.Parse(m.Groups[1].Value));

    private static List<HostFunction> ReadFunctions()
    {
        List<HostFunction> functions = [];
        string? module = null;
        foreach (string line in s_page)
        {
            if (ModuleLine().Match(line) is { Success: true } heading) module = heading.Groups[1].Value;
            else if (line.StartsWith("## ", StringComparison.Ordinal)) module = null;
            if (module is null || FunctionLine().Match(line) is not { Success: true } m) continue;
            string[] parameters = [.. m.Groups[2].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split(": ")[1])];
            functions.Add(new HostFunction(module, m.Groups[1].Value, parameters, m.Groups[3].Value));
        }

        return functions;
    }

    [GeneratedRegex(@"^\| −(\d+) \| `(\w+)` \|")]
    private static partial Regex CodeLine();

    [GeneratedRegex(@"^## Module `(\w+)`")]
    private static partial Regex ModuleLine();

    [GeneratedRegex(@"^\| `(\w+)\(([^)]*)\) -> (\w+)` \|")]
    private static partial Regex FunctionLine();

    internal sealed record HostFunction(string Module, string Name, string[] Parameters, string Result)
    {
        public string Import => $"(import \"{Module}\" \"{Name}\" (func ${Name} {Signature}))";

        /// <summary>A function of the guest that calls it and returns what it returned.</summary>
        public string Wrapper
        {
            get
            {
                StringBuilder text = new($"(func (export \"{Name}\") {Signature} (call ${Name}");
                for (int i = 0; i < Parameters.Length; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $" (local.get {i})");
                return text.Append("))").ToString();
            }
        }

        private string Signature => $"(param {string.Join(' ', Parameters)}) (result {Result})";
    }
}
