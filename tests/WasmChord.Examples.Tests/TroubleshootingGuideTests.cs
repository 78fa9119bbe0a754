using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Memory64;
using WasmChord.TestData;

namespace WasmChord.Examples.Tests;

public sealed class TroubleshootingGuideTests
{
    public static TheoryData<Type> Reasons => [typeof(ModelRefusal), typeof(RefusalReason), typeof(StorageError), typeof(GgufError), typeof(GenerationRefusal), typeof(GenerationFault),
        typeof(GuestRefusal), typeof(GuestEnd), typeof(GuestModuleError)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Guide_ExplainsEveryReason(Type reasons)
    {
        string guide = File.ReadAllText(Path.Combine(SharedTestData.RepositoryRoot, "docs", "TROUBLESHOOTING.md"));
        Assert.All(Enum.GetNames(reasons), name => Assert.Contains($"`{name}`", guide, StringComparison.Ordinal));
    }
}
