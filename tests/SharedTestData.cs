namespace WasmChord.TestData;

/// <summary>
/// Finds the optional folder of real models and reference vectors: the directory named by
/// <c>WASMCHORD_TEST_DATA</c>, or <c>../shared/data</c> seen from the repository root.
/// </summary>
internal static class SharedTestData
{
    /// <summary>The repository root: the nearest ancestor of the test binaries that holds the solution.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    private static readonly string? s_root = FindRoot();

    /// <summary>Full path of a file or folder of the shared data; skips the test by name where it is absent.</summary>
    public static string Require(string relativePath)
    {
        string path = Path.Combine(s_root ?? "(no shared data)", relativePath);
        Skip.If(s_root is null || !Path.Exists(path), $"needs {relativePath} from the shared test data");
        return path;
    }

    /// <summary>True where the file or folder is present.</summary>
    public static bool Has(string relativePath) => s_root is not null && Path.Exists(Path.Combine(s_root, relativePath));

    private static string? FindRoot()
    {
        string? configured = Environment.GetEnvironmentVariable("WASMCHORD_TEST_DATA");
        if (!string.IsNullOrEmpty(configured)) return Directory.Exists(configured) ? configured : null;
        string beside = Path.Combine(RepositoryRoot, "..", "shared", "data");
        return Directory.Exists(beside) ? Path.GetFullPath(beside) : null;
    }

    private static string FindRepositoryRoot()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
            if (File.Exists(Path.Combine(d.FullName, "WasmChord.Actors.sln"))) return d.FullName;
        throw new DirectoryNotFoundException($"no WasmChord.Actors.sln above {AppContext.BaseDirectory}");
    }
}
