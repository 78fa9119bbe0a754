using System.Runtime.InteropServices;

namespace WasmChord.Memory64;

/// <summary>
/// The address space of one region: readable and writable from the first byte to the last, followed by a guard that
/// faults. Owned by the project, lent to Wasmtime. Freed when the last reference is gone.
/// </summary>
public sealed unsafe class RegionMapping : SafeHandle
{
    /// <summary>Inaccessible bytes behind each region: more than Wasmtime's offset guard for 64-bit memories (32 MiB).</summary>
    public const long GuardBytes = 64L << 20;

    /// <summary>
    /// Least address space of a region, in bytes: compiled code may check an address against Wasmtime's reservation for
    /// linear memories (4 GiB) rather than the memory's length, so that much must fault rather than belong to others.
    /// </summary>
    public const long LeastReservedBytes = 4L << 30;

    private const int PlainFlags = LinuxMemory.MapPrivate | LinuxMemory.MapAnonymous | LinuxMemory.MapNoReserve;

    private readonly nint _mapped;
    private readonly long _mappedBytes;

    private RegionMapping(nint mapped, long mappedBytes, nint start, long byteLength) : base(0, ownsHandle: true)
    {
        _mapped = mapped;
        _mappedBytes = mappedBytes;
        ByteLength = byteLength;
        ReservedBytes = mapped + (nint)mappedBytes - start;
        SetHandle(start);
    }

    /// <summary>Size of the region in bytes: address space, not memory.</summary>
    public long ByteLength { get; }

    /// <summary>Address space from the first byte on that belongs to the region: its length, then what faults.</summary>
    public long ReservedBytes { get; }

    /// <summary>Its first byte, on a 2 MiB boundary. Hold a reference on the handle while using it.</summary>
    public byte* Start => (byte*)handle;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Reserves address space; no page is present yet.</summary>
    /// <param name="byteLength">Size, a multiple of 2 MiB.</param>
    /// <param name="hugePages">Whether to ask for 2 MiB pages.</param>
    /// <exception cref="RegionException">The operating system refused.</exception>
    public static RegionMapping Reserve(long byteLength, bool hugePages)
    {
        RegionMapping region = ReservePlain(byteLength);
        LinuxMemory.Advise(region.Start, byteLength, hugePages ? LinuxMemory.AdviseHugePage : LinuxMemory.AdviseNoHugePage);
        LinuxMemory.Advise(region.Start, byteLength, LinuxMemory.AdviseDontDump);
        return region;
    }

    /// <summary>
    /// The same without any advice: for places that frames are moved to, which bring theirs along. What they leave can be
    /// mapped anew as it was, and is one mapping with its neighbours then.
    /// </summary>
    internal static RegionMapping ReservePlain(long byteLength)
    {
        const long Alignment = ImageOptions.HugePageBytes;
        long total = checked(Math.Max(byteLength, LeastReservedBytes) + GuardBytes + Alignment);
        byte* mapped = LinuxMemory.Map(0, total, LinuxMemory.ProtNone, PlainFlags);
        if (mapped is null)
            throw new RegionException($"cannot reserve {total} bytes of address space: {Marshal.GetLastPInvokeErrorMessage()}");
        byte* start = (byte*)(((nint)mapped + (nint)Alignment - 1) & ~(nint)(Alignment - 1));
        RegionMapping region = new((nint)mapped, total, (nint)start, byteLength);
        if (LinuxMemory.Map((nint)start, byteLength, LinuxMemory.ProtReadWrite, PlainFlags | LinuxMemory.MapFixed) is null)
        {
            string error = Marshal.GetLastPInvokeErrorMessage();
            region.Dispose();
            throw new RegionException($"cannot map {byteLength} bytes of address space: {error}");
        }

        return region;
    }

    /// <summary>Maps part of a region without advice anew: empty, and one mapping with the empty places beside it.</summary>
    internal static void Renew(byte* place, long byteLength) => LinuxMemory.Map(
        (nint)place, byteLength, LinuxMemory.ProtReadWrite, PlainFlags | LinuxMemory.MapFixed);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LinuxMemory.Unmap(_mapped, _mappedBytes);
}
