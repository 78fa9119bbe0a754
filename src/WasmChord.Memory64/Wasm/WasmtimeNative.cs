using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wasmtime;

namespace WasmChord.Memory64;

/// <summary>
/// What Wasmtime's C interface offers and its .NET wrapper does not: the host memory creator, and what must go with it. Structures and callbacks
/// as declared in <c>wasmtime/config.h</c>. The one place that reaches for the wrapper's native handle.
/// </summary>
internal static unsafe partial class WasmtimeNative
{
    /// <summary><c>wasmtime_linear_memory_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LinearMemory
    {
        public nint Environment;
        public delegate* unmanaged[Cdecl]<nint, nuint*, nuint*, byte*> GetMemory;
        public delegate* unmanaged[Cdecl]<nint, nuint, nint> GrowMemory;
        public delegate* unmanaged[Cdecl]<nint, void> Finalizer;
    }

    /// <summary><c>wasmtime_memory_creator_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MemoryCreator
    {
        public nint Environment;
        public delegate* unmanaged[Cdecl]<nint, nint, nuint, nuint, nuint, nuint, LinearMemory*, nint> NewMemory;
        public delegate* unmanaged[Cdecl]<nint, void> Finalizer;
    }

    /// <summary>
    /// Installs a memory creator in a configuration; it must outlive every engine made from it. Wasmtime then may not map
    /// the data of modules copy on write into their memories: in memories that are not its own that is a panic, which
    /// ends the process.
    /// </summary>
    public static void SetMemoryCreator(Config config, ref MemoryCreator creator)
    {
        SafeHandle handle = NativeHandle(config);
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            fixed (MemoryCreator* pointer = &creator) ConfigHostMemoryCreatorSet(handle.DangerousGetHandle(), pointer);
            ConfigMemoryInitCowSet(handle.DangerousGetHandle(), 0);
        }
        finally
        {
            if (held) handle.DangerousRelease();
        }
    }

    /// <summary>Bytes of a module's compiled image, as the engine keeps it (<c>wasmtime/module.h</c>).</summary>
    public static long ImageBytes(Module module)
    {
        SafeHandle handle = NativeHandle(module);
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            ModuleImageRange(handle.DangerousGetHandle(), out nint start, out nint end);
            return end - start;
        }
        finally
        {
            if (held) handle.DangerousRelease();
        }
    }

    /// <summary>An error for a callback to return; Wasmtime frees it.</summary>
    public static nint Error(string message) => ErrorNew(message);

    private static SafeHandle NativeHandle<T>(T owner)
    {
        const System.Reflection.BindingFlags Flags =
            System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public;
        return typeof(T).GetProperty("NativeHandle", Flags)?.GetValue(owner) as SafeHandle
            ?? throw new PlatformNotSupportedException("this version of the Wasmtime wrapper keeps its handles elsewhere");
    }

    [LibraryImport("wasmtime", EntryPoint = "wasmtime_module_image_range")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial void ModuleImageRange(nint module, out nint start, out nint end);

    [LibraryImport("wasmtime", EntryPoint = "wasmtime_config_host_memory_creator_set")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial void ConfigHostMemoryCreatorSet(nint config, MemoryCreator* creator);

    [LibraryImport("wasmtime", EntryPoint = "wasmtime_config_memory_init_cow_set")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial void ConfigMemoryInitCowSet(nint config, byte enabled);

    [LibraryImport("wasmtime", EntryPoint = "wasmtime_error_new", StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial nint ErrorNew(string message);
}
