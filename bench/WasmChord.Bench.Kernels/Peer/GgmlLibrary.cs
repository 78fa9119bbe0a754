using System.Runtime.InteropServices;
using WasmChord.Gguf;

namespace WasmChord.Bench.Kernels;

/// <summary>
/// The peer's own kernels, from its shared libraries: <c>libggml-base</c>, which expands, and a <c>libggml-cpu</c>, which
/// multiplies. Stays loaded until the process ends.
/// </summary>
internal sealed unsafe class GgmlLibrary
{
    private readonly delegate* unmanaged[Cdecl]<int, byte*> _typeName;
    private readonly delegate* unmanaged[Cdecl]<int, GgmlTypeTraitsLayout*> _traits;
    private readonly delegate* unmanaged[Cdecl]<int, GgmlCpuTraitsLayout*> _cpuTraits;

    private GgmlLibrary(nint basis, nint processor)
    {
        _typeName = (delegate* unmanaged[Cdecl]<int, byte*>)NativeLibrary.GetExport(basis, "ggml_type_name");
        _traits = (delegate* unmanaged[Cdecl]<int, GgmlTypeTraitsLayout*>)NativeLibrary.GetExport(basis, "ggml_get_type_traits");
        _cpuTraits = (delegate* unmanaged[Cdecl]<int, GgmlCpuTraitsLayout*>)NativeLibrary.GetExport(processor, "ggml_get_type_traits_cpu");
        // Its tables of halves are filled by this call; without it F16 comes out as zeros.
        ((delegate* unmanaged[Cdecl]<void>)NativeLibrary.GetExport(processor, "ggml_cpu_init"))();
    }

    /// <summary>Loads the libraries.</summary>
    /// <param name="paths">The folder that holds both, or both files.</param>
    /// <exception cref="FileNotFoundException">They are not there, or several could be meant.</exception>
    /// <exception cref="DllNotFoundException">They cannot be loaded.</exception>
    /// <exception cref="EntryPointNotFoundException">They are another version.</exception>
    public static GgmlLibrary Load(IReadOnlyList<string> paths)
    {
        string basis = Find(paths, "libggml-base"), processor = Find(paths, "libggml-cpu");
        return new GgmlLibrary(NativeLibrary.Load(basis), NativeLibrary.Load(processor));
    }

    /// <summary>The peer's functions for a type; null where it does not know the type.</summary>
    /// <exception cref="InvalidDataException">It means something else by the type: the headers this was written to do not fit.</exception>
    public GgmlTypeFunctions? For(GgmlType type)
    {
        // Asked by name first: versions of 2025 say "NONE" for numbers past their table and end the process where traits
        // of such a type are asked for. Withdrawn numbers have names of their own.
        string name = Marshal.PtrToStringUTF8((nint)_typeName((int)type)) ?? "";
        GgmlTypeTraits ours = GgmlTypeTraits.For(type);
        if (!name.Equals(ours.Name, StringComparison.OrdinalIgnoreCase)) return null;
        GgmlTypeTraitsLayout* traits = _traits((int)type);
        GgmlCpuTraitsLayout* cpu = _cpuTraits((int)type);
        if (traits->BlockSize != ours.BlockSize || traits->TypeSize != (nuint)ours.TypeSize)
            throw new InvalidDataException($"the peer's {name} has blocks of {traits->BlockSize} values and {traits->TypeSize} bytes, not {ours.BlockSize} and {ours.TypeSize}");
        GgmlCpuTraitsLayout* activations = cpu->VecDot == null ? null : _cpuTraits(cpu->VecDotType);
        return new GgmlTypeFunctions((nint)traits->ToFloat, (nint)cpu->VecDot, (GgmlType)cpu->VecDotType, activations == null ? 0 : (nint)activations->FromFloat);
    }

    private static string Find(IReadOnlyList<string> paths, string name)
    {
        string[] files = [.. paths.SelectMany(p => Directory.Exists(p) ? Directory.GetFiles(p, name + "*.so") : [p])
            .Where(f => Path.GetFileName(f).StartsWith(name, StringComparison.Ordinal) && File.Exists(f))];
        return files.Length == 1
            ? Path.GetFullPath(files[0])
            : throw new FileNotFoundException($"{string.Join(", ", paths)}: {files.Length} files named {name}*.so, and one is needed; name both files, separated by a comma");
    }
}
