using System.Reflection;
using WasmChord.TestData;

namespace WasmChord.Architecture.Tests;

/// <summary>
/// Pins what users can name. A change that is meant is written down by running the tests once with
/// <c>WASMCHORD_ACCEPT_API=1</c>.
/// </summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("WasmChord.Gguf")]
    [InlineData("WasmChord.Kernels")]
    [InlineData("WasmChord.Memory64")]
    [InlineData("WasmChord.Inference")]
    [InlineData("WasmChord.Actors")]
    public void PublicApi_OfAnAssembly_IsWhatWasAccepted(string assembly)
    {
        string path = Path.Combine(SharedTestData.RepositoryRoot, "tests", "WasmChord.Architecture.Tests", "PublicApi", assembly + ".txt");
        string[] actual = [.. Assembly.Load(assembly).GetExportedTypes().SelectMany(Describe).Distinct().Order(StringComparer.Ordinal)];
        if (Environment.GetEnvironmentVariable("WASMCHORD_ACCEPT_API") == "1") File.WriteAllLines(path, actual);
        Assert.Equal(File.ReadAllLines(path), actual);
    }

    private static IEnumerable<string> Describe(Type type)
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        yield return $"{type}";
        foreach (MemberInfo member in type.GetMembers(Public))
        {
            // What the compiler adds to records is pinned by their constructors.
            if (member is MethodInfo { IsSpecialName: true } || member.Name.Contains('<') || member.Name is "Equals" or "GetHashCode" or "ToString" or "Deconstruct")
                continue;
            yield return $"{type} :: {member}";
        }
    }
}
