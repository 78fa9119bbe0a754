using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WasmChord.TestData;

/// <summary>
/// Tests, and the processes that they start, find a cache folder of the user's that nothing can be written to, below a file:
/// nothing that one test has left there changes another, and nothing is left behind. Tests of what is remembered from run
/// to run name a folder.
/// </summary>
internal static class NoUserCache
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "It must be set before the first test of the assembly opens a model.")]
    internal static void Forbid() =>
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", Path.Combine(typeof(NoUserCache).Assembly.Location, "cache"));
}
