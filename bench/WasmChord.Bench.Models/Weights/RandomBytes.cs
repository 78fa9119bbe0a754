using System.Runtime.Intrinsics;

namespace WasmChord.Bench.Models;

/// <summary>
/// Random bytes at the rate of memory: eight generators xoshiro256++ (Blackman and Vigna, 2019) side by side, one per
/// 64-bit lane. The bytes of a seed are the same on every machine, and a shorter request gives a prefix of a longer one.
/// </summary>
internal static class RandomBytes
{
    private const int StepBytes = 64;

    public static void Fill(Span<byte> destination, ulong seed)
    {
        SplitMix64 seeds = new(seed);
        Vector512<ulong> s0 = Lanes(ref seeds), s1 = Lanes(ref seeds), s2 = Lanes(ref seeds), s3 = Lanes(ref seeds);
        Span<byte> last = stackalloc byte[StepBytes];
        while (!destination.IsEmpty)
        {
            Vector512<ulong> result = RotateLeft(s0 + s3, 23) + s0;
            Vector512<ulong> t = s1 << 17;
            s2 ^= s0;
            s3 ^= s1;
            s1 ^= s2;
            s0 ^= s3;
            s2 ^= t;
            s3 = RotateLeft(s3, 45);
            if (destination.Length < StepBytes)
            {
                result.AsByte().CopyTo(last);
                last[..destination.Length].CopyTo(destination);
                return;
            }
            result.AsByte().CopyTo(destination);
            destination = destination[StepBytes..];
        }
    }

    private static Vector512<ulong> RotateLeft(Vector512<ulong> lanes, int count) => (lanes << count) | (lanes >>> (64 - count));

    private static Vector512<ulong> Lanes(ref SplitMix64 seeds) => Vector512.Create(
        seeds.Next(), seeds.Next(), seeds.Next(), seeds.Next(), seeds.Next(), seeds.Next(), seeds.Next(), seeds.Next());
}
