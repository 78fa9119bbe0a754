using System.Numerics;

namespace WasmChord.Bench.Guests;

/// <summary>The sum of bytes, as the example guests take it.</summary>
internal static class ByteSum
{
    /// <summary>Sums unsigned bytes.</summary>
    public static long Of(ReadOnlySpan<byte> bytes)
    {
        // A lane of 32 bits grows by at most 4 x 255 a vector.
        const int Stretch = 1 << 20;
        long sum = 0;
        while (bytes.Length >= Vector<byte>.Count)
        {
            int length = Math.Min(bytes.Length, Stretch) / Vector<byte>.Count * Vector<byte>.Count;
            Vector<uint> lanes = Vector<uint>.Zero;
            for (int i = 0; i < length; i += Vector<byte>.Count)
            {
                Vector.Widen(new Vector<byte>(bytes[i..]), out Vector<ushort> low, out Vector<ushort> high);
                Vector.Widen(low + high, out Vector<uint> first, out Vector<uint> second);
                lanes += first + second;
            }

            for (int i = 0; i < Vector<uint>.Count; i++) sum += lanes[i];
            bytes = bytes[length..];
        }

        foreach (byte value in bytes) sum += value;
        return sum;
    }
}
