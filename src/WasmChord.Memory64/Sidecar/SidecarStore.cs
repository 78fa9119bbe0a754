using System.IO.Hashing;
using System.Text;

namespace WasmChord.Memory64;

/// <summary>
/// The folder that sidecars lie in, one file a model, named after the model's file and a hash of its full path. Any number
/// of processes may read and write at once: a file is replaced as a whole, the last writer wins. Calls block, and belong
/// on threads that may.
/// </summary>
public sealed class SidecarStore
{
    /// <summary>What the name of a sidecar ends in.</summary>
    public const string Suffix = ".wcsidecar";

    private const string FolderName = "wasmchord";
    private const string DraftSuffix = ".tmp";
    private const int MostNameChars = 64;

    // A draft is written within moments. One so old was left by a process that ended in the middle.
    private static readonly TimeSpan s_draftsLive = TimeSpan.FromHours(1);

    /// <summary>Uses a folder, which is made when a sidecar is first saved.</summary>
    public SidecarStore(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Directory = Path.GetFullPath(directory);
    }

    /// <summary>The folder.</summary>
    public string Directory { get; }

    /// <summary>
    /// The folder <c>wasmchord</c> of the user's cache: below <c>XDG_CACHE_HOME</c> where that is an absolute path (the XDG
    /// base directory specification), else <c>~/.cache</c>, <c>~/Library/Caches</c> on macOS, the local application data on
    /// Windows. Null for a user without a home.
    /// </summary>
    public static string? DefaultDirectory
    {
        get
        {
            string? xdg = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (Path.IsPathFullyQualified(xdg ?? "")) return Path.Combine(xdg!, FolderName);
            if (OperatingSystem.IsWindows())
            {
                string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
                return local.Length == 0 ? null : Path.Combine(local, FolderName, "cache");
            }

            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (!Path.IsPathFullyQualified(home)) return null;
            return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches", FolderName) : Path.Combine(home, ".cache", FolderName);
        }
    }

    /// <summary>Where the sidecar of a model lies.</summary>
    /// <param name="modelPath">The model's first file.</param>
    public string PathFor(string modelPath)
    {
        string full = Path.GetFullPath(modelPath), name = Path.GetFileName(full);
        StringBuilder readable = new();
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, MostNameChars))) readable.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_');
        return Path.Combine(Directory, $"{readable}.{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(full)):x16}{Suffix}");
    }

    /// <summary>Reads the sidecar of a model. Never throws for what the folder holds.</summary>
    /// <param name="modelPath">The model's first file.</param>
    /// <param name="why">Why it is not to be used, for people; empty where there simply is none, or it is fine.</param>
    /// <returns>What it says, which <see cref="ModelSidecar.IsOf"/> has yet to find true of the model; null where there is none to use.</returns>
    public ModelSidecar? Load(string modelPath, out string why)
    {
        string path = PathFor(modelPath);
        why = "";
        try
        {
            FileInfo file = new(path);
            if (!file.Exists) return null;
            // What is no plain file has no length: to open it might block for ever.
            if (file.Length < SidecarFormat.MinBytes || file.Length > SidecarFormat.MaxBytes)
            {
                why = $"{file.Length} bytes are no sidecar";
                return null;
            }

            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            byte[] bytes = new byte[Math.Min(stream.Length, SidecarFormat.MaxBytes)];
            stream.ReadExactly(bytes);
            return SidecarFormat.TryRead(bytes, out ModelSidecar? sidecar, out why) ? sidecar : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = e.Message;
            return null;
        }
    }

    /// <summary>
    /// Writes the sidecar of a model: to a file of its own beside it, which then takes its place. It is not forced to the
    /// device: what a crash of the machine leaves half written, its checksum gives away.
    /// </summary>
    /// <param name="modelPath">The model's first file.</param>
    /// <param name="sidecar">What to write.</param>
    /// <returns>How many bytes it has.</returns>
    /// <exception cref="IOException">It cannot be written; the one that was there stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public long Save(string modelPath, ModelSidecar sidecar)
    {
        byte[] bytes = SidecarFormat.Write(sidecar);
        string path = PathFor(modelPath), draft = $"{path}.{Guid.NewGuid():n}{DraftSuffix}";
        if (OperatingSystem.IsWindows()) System.IO.Directory.CreateDirectory(Directory);
        else System.IO.Directory.CreateDirectory(Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            using (FileStream stream = new(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0)) stream.Write(bytes);
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            Discard(draft);
            throw;
        }

        DiscardOldDrafts(path);
        return bytes.LongLength;
    }

    private void DiscardOldDrafts(string path)
    {
        try
        {
            DateTime limit = DateTime.UtcNow - s_draftsLive;
            foreach (FileInfo draft in new DirectoryInfo(Directory).EnumerateFiles($"{Path.GetFileName(path)}.*{DraftSuffix}"))
                if (draft.LastWriteTimeUtc < limit) Discard(draft.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed keeps its drafts; the sidecar is in place.
        }
    }

    // The draft may never have been made; that it cannot be removed either is not what the caller has to hear of.
    private static void Discard(string draft)
    {
        try
        {
            File.Delete(draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
