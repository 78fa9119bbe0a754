using System.Text;

namespace WasmChord.Examples.Tests;

/// <summary>Reads the imports of a WebAssembly module (core specification, binary format, section 5.5.5).</summary>
internal static class ModuleImports
{
    private const int ImportSection = 2;

    /// <summary>Each import as <c>module.name</c>, in order.</summary>
    public static List<string> Read(byte[] module)
    {
        List<string> imports = [];
        int at = 8; // magic and version
        while (at < module.Length)
        {
            int id = module[at++], size = Unsigned(module, ref at), end = at + size;
            if (id == ImportSection)
            {
                for (int left = Unsigned(module, ref at); left > 0; left--)
                {
                    imports.Add($"{Name(module, ref at)}.{Name(module, ref at)}");
                    SkipDescription(module, ref at);
                }
            }

            at = end;
        }

        return imports;
    }

    private static void SkipDescription(byte[] module, ref int at)
    {
        switch (module[at++])
        {
            case 0: // a function: its type
                Unsigned(module, ref at);
                break;
            case 2: // a memory: limits, whose lowest bit says whether there is a maximum
                bool hasMaximum = (module[at++] & 1) != 0;
                Unsigned(module, ref at);
                if (hasMaximum) Unsigned(module, ref at);
                break;
            default:
                throw new FormatException("the guests import functions and memories only");
        }
    }

    private static string Name(byte[] module, ref int at)
    {
        int length = Unsigned(module, ref at);
        at += length;
        return Encoding.UTF8.GetString(module, at - length, length);
    }

    private static int Unsigned(byte[] module, ref int at)
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = module[at++];
            value |= (next & 127) << shift;
            if (next < 128) return value;
        }
    }
}
