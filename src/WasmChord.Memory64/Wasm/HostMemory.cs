using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WasmChord.Memory64;

/// <summary>
/// Makes the linear memories of one engine. A region that was offered on this thread becomes the memory of the holder
/// module being instantiated; any other memory is a mapping of its own, freed with its Store.
/// </summary>
internal static unsafe class HostMemory
{
    [ThreadStatic]
    private static RegionMapping? t_offered;

    [ThreadStatic]
    private static MemoryAccount? t_account;

    /// <summary>The creator to install in a configuration.</summary>
    public static WasmtimeNative.MemoryCreator Creator => new()
    {
        Environment = 0,
        NewMemory = &NewMemory,
        Finalizer = null,
    };

    /// <summary>While the result lives, the next memory of exactly its size that this thread makes is <paramref name="region"/>.</summary>
    public static Offer Lend(RegionMapping region)
    {
        t_offered = region;
        return default;
    }

    /// <summary>While the result lives, memories that this thread makes are charged to an account, then and as they grow.</summary>
    public static Charge ChargeTo(MemoryAccount account)
    {
        t_account = account;
        return default;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint NewMemory(
        nint environment, nint type, nuint minimum, nuint maximum, nuint reserved, nuint guard, WasmtimeNative.LinearMemory* result)
    {
        try
        {
            RegionMapping? region = t_offered;
            Memory memory;
            if (region is not null && (long)minimum == region.ByteLength)
            {
                ulong wanted = checked((ulong)Math.Max(reserved, minimum) + guard);
                if (wanted > (ulong)region.ReservedBytes)
                    return WasmtimeNative.Error($"{wanted} bytes of address space were asked for, the region has {region.ReservedBytes}");
                t_offered = null;
                memory = new BorrowedMemory(region);
            }
            else
            {
                memory = new OwnMemory(minimum, maximum, reserved, guard, t_account);
            }

            result->Environment = GCHandle.ToIntPtr(GCHandle.Alloc(memory));
            result->GetMemory = &GetMemory;
            result->GrowMemory = &GrowMemory;
            result->Finalizer = &Free;
            return 0;
        }
        catch (Exception e)
        {
            // Nothing may unwind through native frames.
            return WasmtimeNative.Error(e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte* GetMemory(nint environment, nuint* byteSize, nuint* byteCapacity)
    {
        Memory memory = Target(environment);
        *byteSize = memory.Size;
        *byteCapacity = memory.Capacity;
        return memory.Start;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint GrowMemory(nint environment, nuint newSize)
    {
        Memory memory = Target(environment);
        return memory.TryGrow(newSize) ? 0 : WasmtimeNative.Error($"cannot grow to {newSize} bytes");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint environment)
    {
        GCHandle handle = GCHandle.FromIntPtr(environment);
        ((Memory)handle.Target!).Free();
        handle.Free();
    }

    private static Memory Target(nint environment) => (Memory)GCHandle.FromIntPtr(environment).Target!;

    /// <summary>Withdraws what was offered and not taken.</summary>
    public readonly ref struct Offer : IDisposable
    {
        /// <summary>True once a memory took the region.</summary>
        public bool IsTaken => t_offered is null;

        /// <inheritdoc/>
        public void Dispose() => t_offered = null;
    }

    /// <summary>Ends the charging.</summary>
    public readonly ref struct Charge : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => t_account = null;
    }

    private abstract class Memory
    {
        public byte* Start { get; protected init; }

        public nuint Size { get; protected set; }

        public nuint Capacity { get; protected init; }

        public abstract bool TryGrow(nuint newSize);

        public abstract void Free();
    }

    /// <summary>A region of the image: minimum and maximum are equal, so it never grows.</summary>
    private sealed class BorrowedMemory : Memory
    {
        private readonly RegionMapping _region;

        public BorrowedMemory(RegionMapping region)
        {
            bool held = false;
            region.DangerousAddRef(ref held);
            _region = region;
            Start = region.Start;
            Size = Capacity = (nuint)region.ByteLength;
        }

        public override bool TryGrow(nuint newSize) => newSize <= Size;

        public override void Free() => _region.DangerousRelease();
    }

    /// <summary>A guest's own memory: reserved as far as it may grow, readable as far as it has.</summary>
    private sealed class OwnMemory : Memory
    {
        private readonly MemoryAccount? _account;
        private readonly long _mappedBytes;

        public OwnMemory(nuint minimum, nuint maximum, nuint reserved, nuint guard, MemoryAccount? account)
        {
            if (account is not null && minimum > (ulong)(account.LimitBytes - account.TakenBytes))
                throw new RegionException($"its memories would have more than {account.LimitBytes} bytes together");
            _account = account;
            // An unbounded maximum arrives as all ones; Wasmtime's reservation (4 GiB for 32-bit memories) bounds it then.
            const ulong LargestReservation = 1UL << 36;
            ulong wanted = Math.Max(reserved, Math.Min(maximum, LargestReservation));
            Capacity = (nuint)Math.Max(minimum, wanted);
            _mappedBytes = checked((long)(Capacity + guard));
            const int Flags = LinuxMemory.MapPrivate | LinuxMemory.MapAnonymous | LinuxMemory.MapNoReserve;
            Start = LinuxMemory.Map(0, Math.Max(_mappedBytes, 1), LinuxMemory.ProtNone, Flags);
            if (Start is null) throw new RegionException($"cannot reserve {_mappedBytes} bytes for a guest memory");
            if (!TryGrow(minimum))
            {
                LinuxMemory.Unmap((nint)Start, _mappedBytes);
                throw new RegionException($"cannot map {minimum} bytes for a guest memory");
            }
        }

        public override bool TryGrow(nuint newSize)
        {
            if (newSize > Capacity) return false;
            const int Flags = LinuxMemory.MapPrivate | LinuxMemory.MapAnonymous | LinuxMemory.MapNoReserve | LinuxMemory.MapFixed;
            if (newSize <= Size) return true;
            long more = (long)(newSize - Size);
            if (_account?.TryTake(more) == false) return false;
            if (LinuxMemory.Map((nint)Start + (nint)Size, more, LinuxMemory.ProtReadWrite, Flags) is null)
            {
                _account?.Return(more);
                return false;
            }

            Size = newSize;
            return true;
        }

        public override void Free() => LinuxMemory.Unmap((nint)Start, Math.Max(_mappedBytes, 1));
    }
}
