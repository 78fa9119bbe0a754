using WasmChord.TestData;

namespace WasmChord.Architecture.Tests;

/// <summary>Every setting has its default, and its comment, in the one commented file.</summary>
public sealed class ReferenceConfTests
{
    [Fact]
    public void ReferenceConf_EveryKey_HasACommentAboveIt()
    {
        List<string> bare = [];
        bool commented = false;
        // Dispatcher sections are commented as a whole, and so is what stands inside their braces.
        foreach (string line in File.ReadLines(Path.Combine(SharedTestData.RepositoryRoot, "hocon", "reference.conf")).Select(l => l.Trim()))
        {
            if (line.StartsWith('#')) commented = true;
            else if (line.Length == 0) commented = false;
            else if (line.Contains('=') && !commented) bare.Add(line);
        }

        Assert.Empty(bare);
    }
}
