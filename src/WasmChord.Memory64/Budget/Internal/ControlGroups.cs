using System.Text;

namespace WasmChord.Memory64;

/// <summary>
/// The control groups above this process. They are looked up again only when what the kernel says of the process's groups
/// or mounts has changed.
/// </summary>
internal sealed class ControlGroups(KernelFiles files)
{
    private const string GroupMount = "sys/fs/cgroup";
    private readonly string _membershipPath = Path.Combine(files.Root, "proc/self/cgroup"), _mountsPath = Path.Combine(files.Root, "proc/self/mountinfo");
    private byte[] _membership = [], _mounts = [];
    private ControlGroup[] _groups = [];

    /// <summary>The groups at this moment.</summary>
    public ReadOnlySpan<ControlGroup> Current()
    {
        bool same = IsSame(_membershipPath, ref _membership) & IsSame(_mountsPath, ref _mounts);
        if (!same) _groups = [.. Find(Lines(_membership), [.. MountPoints(Lines(_mounts))])];
        return _groups;
    }

    private bool IsSame(string path, ref byte[] last)
    {
        ReadOnlySpan<byte> text = files.Read(path);
        if (text.SequenceEqual(last)) return true;
        last = text.ToArray();
        return false;
    }

    private IEnumerable<ControlGroup> Find(string[] membership, GroupMountPoint[] mounts)
    {
        foreach (string line in membership)
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length != 3) continue;
            bool isVersion2 = parts[0] == "0" && parts[1].Length == 0;
            if (!isVersion2 && !parts[1].Split(',').Contains("memory")) continue;
            foreach (GroupMountPoint mount in mounts)
            {
                if (mount.IsVersion2 != isVersion2) continue;
                foreach (string group in Ancestors(mount.Path, mount.Relative(parts[2]))) yield return new ControlGroup(files, isVersion2, group);
            }
        }
    }

    /// <summary>From the process's own group up to the mount, whose own limits count too (a container sees only that).</summary>
    private static IEnumerable<string> Ancestors(string mount, string relative)
    {
        string path = relative.Trim('/');
        while (path.Length > 0)
        {
            yield return $"{mount}/{path}";
            path = path[..Math.Max(0, path.LastIndexOf('/'))];
        }
        yield return mount;
    }

    /// <summary>Where the memory controllers are mounted; the usual places where the kernel does not say.</summary>
    private static IEnumerable<GroupMountPoint> MountPoints(string[] mounts)
    {
        bool any = false;
        foreach (string line in mounts)
        {
            // proc(5): id parent major:minor root mount-point options [tags] - type source super-options
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-");
            if (dash < 6 || fields.Length < dash + 4) continue;
            bool isVersion2 = fields[dash + 1] == "cgroup2";
            if (!isVersion2 && (fields[dash + 1] != "cgroup" || !fields[dash + 3].Split(',').Contains("memory"))) continue;
            any = true;
            yield return new GroupMountPoint(isVersion2, fields[3], fields[4].Trim('/'));
        }
        if (any) yield break;
        yield return new GroupMountPoint(true, "/", GroupMount);
        yield return new GroupMountPoint(false, "/", $"{GroupMount}/memory");
    }

    private static string[] Lines(byte[] text) => Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A mounted hierarchy of control groups.</summary>
    /// <param name="IsVersion2">Version 2, or the memory controller of version 1.</param>
    /// <param name="GroupRoot">The group that is mounted: in a container often not the topmost.</param>
    /// <param name="Path">Where, without the leading slash.</param>
    private readonly record struct GroupMountPoint(bool IsVersion2, string GroupRoot, string Path)
    {
        /// <summary>A group's path below the mount; the mount itself where the group lies outside it.</summary>
        public string Relative(string group)
        {
            if (GroupRoot == "/") return group;
            if (group == GroupRoot) return string.Empty;
            return group.StartsWith(GroupRoot + "/", StringComparison.Ordinal) ? group[GroupRoot.Length..] : string.Empty;
        }
    }
}
