using WasmChord.TestData;

namespace WasmChord.Examples.Tests;

/// <summary>The files of the examples.</summary>
internal static class ExampleFiles
{
    public static string DemoModel { get; } = Path.Combine(SharedTestData.RepositoryRoot, "examples", "models", "demo.gguf");

    public static string HoconFolder { get; } = Path.Combine(SharedTestData.RepositoryRoot, "examples", "hocon");
}
