using System.IO.Hashing;

namespace WasmChord.Memory64;

/// <summary>The checksum of a segment: XxHash3, 64 bits, seed 0 (the format of the reference implementation, xxhash.com).</summary>
public static unsafe class SegmentChecksum
{
    private const int StepBytes = 1 << 30;

    [ThreadStatic]
    private static XxHash3? t_long;

    /// <summary>Checksum of <paramref name="byteLength"/> bytes; allocates nothing but one state per thread, and that only beyond 1 GiB.</summary>
    public static ulong Compute(byte* source, long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        return byteLength <= StepBytes
            ? XxHash3.HashToUInt64(new ReadOnlySpan<byte>(source, (int)byteLength))
            : ComputeInSteps(source, byteLength, StepBytes);
    }

    /// <summary>The same in steps, for lengths beyond a span's.</summary>
    internal static ulong ComputeInSteps(byte* source, long byteLength, int stepBytes)
    {
        XxHash3 state = t_long ??= new XxHash3();
        state.Reset();
        for (long done = 0; done < byteLength; done += stepBytes)
            state.Append(new ReadOnlySpan<byte>(source + done, (int)Math.Min(stepBytes, byteLength - done)));
        return state.GetCurrentHashAsUInt64();
    }
}
