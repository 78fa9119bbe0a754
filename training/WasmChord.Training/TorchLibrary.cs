using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace WasmChord.Training;

/// <summary>
/// Lets TorchSharp's native library load on systems whose C++ runtime is that of GCC 12 (Debian 12). The library names
/// the runtime's version <c>GLIBCXX_3.4.32</c> for one symbol, <c>ios_base_library_init</c>, which is a marker that is
/// never called. Marking that need as weak (<c>VER_FLG_WEAK</c>) in the copy beside this program is enough.
/// </summary>
/// <remarks>Layout: the System V ABI's ELF header and the version tables of the Linux Standard Base, chapter 10.7.</remarks>
internal static class TorchLibrary
{
    private const uint NeedsSection = 0x6FFFFFFE; // SHT_GNU_verneed
    private const ushort WeakFlag = 2;
    private const string Marker = "GLIBCXX_3.4.32";

    /// <summary>To be called before the first use of TorchSharp.</summary>
    public static void Prepare()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        if (!OperatingSystem.IsLinux() || !File.Exists(path) || NativeLibrary.TryLoad(path, out _)) return;
        byte[] image = File.ReadAllBytes(path);
        if (!Relax(image)) return;
        string partial = path + ".partial";
        File.WriteAllBytes(partial, image);
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Marks the need as weak; false where the image has none.</summary>
    private static bool Relax(Span<byte> image)
    {
        int sections = (int)BinaryPrimitives.ReadInt64LittleEndian(image[40..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(image[60..]);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = image.Slice(sections + 64 * i, 64);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) != NeedsSection) continue;
            int strings = sections + 64 * (int)BinaryPrimitives.ReadUInt32LittleEndian(header[40..]);
            return RelaxIn(
                image,
                (int)BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
                (int)BinaryPrimitives.ReadUInt32LittleEndian(header[44..]),
                (int)BinaryPrimitives.ReadInt64LittleEndian(image[(strings + 24)..]));
        }
        return false;
    }

    private static bool RelaxIn(Span<byte> image, int need, int needCount, int strings)
    {
        for (; needCount > 0; needCount--)
        {
            int version = need + (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(need + 8)..]);
            for (int left = BinaryPrimitives.ReadUInt16LittleEndian(image[(need + 2)..]); left > 0; left--)
            {
                ReadOnlySpan<byte> name = image[(strings + (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(version + 8)..]))..];
                if (Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]) == Marker)
                {
                    ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(image[(version + 4)..]);
                    BinaryPrimitives.WriteUInt16LittleEndian(image[(version + 4)..], (ushort)(flags | WeakFlag));
                    return true;
                }
                version += (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(version + 12)..]);
            }
            need += (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(need + 12)..]);
        }
        return false;
    }
}
