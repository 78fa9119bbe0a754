using System.Runtime.InteropServices;

namespace WasmChord.Memory64;

/// <summary>One destination of a scattered read: <c>struct iovec</c> of POSIX.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector(byte* address, long byteLength)
{
    public byte* Address = address;
    public nuint ByteLength = (nuint)byteLength;
}
