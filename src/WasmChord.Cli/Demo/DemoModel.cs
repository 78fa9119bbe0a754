using System.Security.Cryptography;

namespace WasmChord.Cli;

/// <summary>
/// The model that the tool carries: a small Llama that tells stories, trained by this project. The engine opens paths,
/// so the file is laid out once in the user's cache, under a name that its contents determine.
/// </summary>
internal static class DemoModel
{
    /// <summary>Name of the resource in this assembly.</summary>
    public const string ResourceName = "demo.gguf";

    private static readonly Lazy<byte[]> s_hash = new(() =>
    {
        using Stream stream = Open();
        return SHA256.HashData(stream);
    });

    /// <summary>SHA-256 of the model file.</summary>
    public static ReadOnlySpan<byte> Hash => s_hash.Value;

    /// <summary>The model file's bytes, from the assembly.</summary>
    public static Stream Open() => typeof(DemoModel).Assembly.GetManifestResourceStream(ResourceName)
        ?? throw new ToolException("no_demo_model", "this build of the tool carries no demo model");

    /// <summary>
    /// The path of a file with the model in it: in the user's cache, else among temporary files. A file that is there
    /// already is used only if its bytes are the model's; otherwise it is replaced. A new file has its name from when it
    /// is whole.
    /// </summary>
    /// <exception cref="ToolException">No folder would take it.</exception>
    public static string Materialize() => Materialize(Folders());

    /// <summary>As above, in the first of <paramref name="folders"/> that will do.</summary>
    internal static string Materialize(IEnumerable<string> folders)
    {
        Exception? last = null;
        foreach (string folder in folders)
        {
            try
            {
                return MaterializeIn(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                last = e;
            }
        }

        throw new ToolException("no_cache", $"the demo model could not be written anywhere: {last?.Message ?? "no folder"}", innerException: last);
    }

    /// <summary>Where the file may lie, the best place first.</summary>
    private static IEnumerable<string> Folders()
    {
        string? stated = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsWindows()) yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "wasmchord");
        else if (Path.IsPathRooted(stated)) yield return Path.Combine(stated, "wasmchord");
        else if (OperatingSystem.IsMacOS() && home.Length > 0) yield return Path.Combine(home, "Library", "Caches", "wasmchord");
        else if (home.Length > 0) yield return Path.Combine(home, ".cache", "wasmchord");
        yield return Path.Combine(Path.GetTempPath(), $"wasmchord-{Environment.UserName}");
    }

    private static string MaterializeIn(string folder)
    {
        string path = Path.Combine(folder, $"demo-{Convert.ToHexStringLower(Hash[..8])}.gguf");
        if (Holds(path)) return path;
        // The folder is the user's own: nobody else may put files there between the check and the use.
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (Stream source = Open())
            using (FileStream target = new(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                source.CopyTo(target);
                target.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }

        return Holds(path) ? path : throw new IOException($"{path} does not hold what was written to it");
    }

    private static bool Holds(string path)
    {
        if (!File.Exists(path)) return false;
        using FileStream file = File.OpenRead(path);
        return SHA256.HashData(file).AsSpan().SequenceEqual(Hash);
    }
}
