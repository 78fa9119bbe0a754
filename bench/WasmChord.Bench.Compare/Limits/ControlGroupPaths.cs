namespace WasmChord.Bench.Compare;

/// <summary>Where new memory control groups may be made.</summary>
internal static class ControlGroupPaths
{
    /// <summary>
    /// The group of this process and those above it, as far as mounted. Under version 2 a group that holds processes cannot
    /// hand its controllers on, so one above it often is the one that works.
    /// </summary>
    /// <param name="files">Which version.</param>
    /// <param name="root">The folder that holds <c>proc</c>.</param>
    public static IEnumerable<string> Candidates(ControlGroupFiles files, string root)
    {
        if (MountPoint(files, Lines(root, "proc/self/mountinfo")) is not { } mount) yield break;
        string path = "";
        foreach (string line in Lines(root, "proc/self/cgroup"))
        {
            // cgroups(7): hierarchy:controllers:path, with 0 and no controllers for version 2.
            string[] parts = line.Split(':', 3);
            if (parts.Length == 3 && (files.Version == 2 ? parts[0] == "0" : parts[1].Split(',').Contains("memory"))) path = parts[2].Trim('/');
        }
        string top = Path.Join(root, mount);
        for (; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOf('/'))]) yield return Path.Join(top, path);
        yield return top;
    }

    private static string? MountPoint(ControlGroupFiles files, IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            // proc(5): id parent major:minor root mount-point options [tags] - type source super-options
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-");
            if (dash < 6 || fields.Length < dash + 4) continue;
            bool matches = files.Version == 2 ? fields[dash + 1] == "cgroup2" : fields[dash + 1] == "cgroup" && fields[dash + 3].Split(',').Contains("memory");
            if (matches) return fields[4];
        }
        return null;
    }

    private static string[] Lines(string root, string path)
    {
        try
        {
            return File.ReadAllLines(Path.Join(root, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
