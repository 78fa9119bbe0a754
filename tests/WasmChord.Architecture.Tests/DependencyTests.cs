using System.Xml.Linq;
using WasmChord.TestData;

namespace WasmChord.Architecture.Tests;

/// <summary>Holds the table of the design, section 3, against the project files.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, (string[] Projects, string[] Packages, bool Unsafe)> s_table = new()
    {
        ["WasmChord.Gguf"] = ([], [], false),
        ["WasmChord.Kernels"] = (["WasmChord.Gguf"], ["System.Numerics.Tensors"], true),
        ["WasmChord.Memory64"] = (["WasmChord.Gguf", "WasmChord.Kernels"], ["Wasmtime", "System.IO.Hashing"], true),
        ["WasmChord.Inference"] = (["WasmChord.Gguf", "WasmChord.Kernels", "WasmChord.Memory64"], [], false),
        ["WasmChord.Actors"] = (["WasmChord.Gguf", "WasmChord.Kernels", "WasmChord.Memory64", "WasmChord.Inference"],
            ["Akka", "Akka.Streams", "Akka.Analyzers", "System.IO.Pipelines"], false),
        ["WasmChord.Cluster"] = (["WasmChord.Actors"], ["Akka.Cluster", "Akka.Cluster.Tools", "Google.Protobuf"], false),
        ["WasmChord.Hosting"] = (["WasmChord.Actors", "WasmChord.Cluster"], ["Akka.Hosting", "Microsoft.Extensions.AI.Abstractions"], false),
        ["WasmChord.TestKit"] = (["WasmChord.Actors"], ["Akka.TestKit"], false),
        // Until Hosting and Cluster exist, the tool stands on Actors itself.
        ["WasmChord.Cli"] = (["WasmChord.Actors", "WasmChord.Hosting", "WasmChord.Cluster"], ["System.CommandLine", "Spectre.Console"], false),
    };

    public static TheoryData<string> Projects => new(Directory.GetFiles(Source, "*.csproj", SearchOption.AllDirectories)
        .Select(p => Path.GetFileNameWithoutExtension(p)));

    private static string Source => Path.Combine(SharedTestData.RepositoryRoot, "src");

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_ReferencesOnlyWhatTheTableAllows(string project)
    {
        Assert.True(s_table.ContainsKey(project), $"{project} is not in the table");
        (string[] projects, string[] packages, bool isUnsafe) = s_table[project];
        XDocument file = XDocument.Load(Path.Combine(Source, project, project + ".csproj"));
        Assert.Empty(file.Descendants("ProjectReference").Select(e => Path.GetFileNameWithoutExtension((string)e.Attribute("Include")!)).Except(projects));
        Assert.Empty(file.Descendants("PackageReference").Select(e => (string)e.Attribute("Include")!).Except(packages));
        Assert.Equal(isUnsafe, file.Descendants("AllowUnsafeBlocks").Any(e => (string)e == "true"));
    }

    [Fact]
    public void Wasmtime_IsNamedInMemory64Only() => AssertNamedOnlyIn("using Wasmtime", "WasmChord.Memory64");

    [Fact]
    public void Akka_IsNeverNamedBelowActors() =>
        AssertNamedOnlyIn("using Akka", "WasmChord.Actors", "WasmChord.Cluster", "WasmChord.Hosting", "WasmChord.TestKit", "WasmChord.Cli");

    [Fact]
    public void MemoryMappedFiles_AreNamedNowhere() => AssertNamedOnlyIn("MemoryMappedFile");

    [Fact]
    public void Hocon_IsReadInSettingsOnly()
    {
        string[] readers = [.. SourceFiles("WasmChord.Actors")
            .Where(f => File.ReadAllText(f).Contains("config.Get", StringComparison.OrdinalIgnoreCase))
            .Select(f => Path.GetFileName(Path.GetDirectoryName(f)!))
            .Distinct()];
        Assert.Equal(["Settings"], readers);
    }

    [Fact]
    public void SourceFiles_AreBelowFiveHundredLines() =>
        Assert.Empty(SourceFiles("").Where(f => File.ReadLines(f).Count() > 500).Select(Path.GetFileName));

    private static void AssertNamedOnlyIn(string text, params string[] projects) => Assert.Empty(SourceFiles("")
        .Where(f => File.ReadAllText(f).Contains(text, StringComparison.Ordinal))
        .Select(f => Path.GetRelativePath(Source, f).Split(Path.DirectorySeparatorChar)[0])
        .Distinct()
        .Except(projects));

    private static IEnumerable<string> SourceFiles(string project) => Directory
        .EnumerateFiles(Path.Combine(Source, project), "*.cs", SearchOption.AllDirectories)
        .Where(f => !Path.GetRelativePath(Source, f).Split(Path.DirectorySeparatorChar).Intersect(["obj", "bin"]).Any());
}
