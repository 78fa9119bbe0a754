namespace WasmChord.Inference;

/// <summary>
/// Random numbers that are a function of a seed and an index, so that a token's does not depend on how many were drawn
/// with others beside it: the mixing function of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
/// Generators, 2014), applied to both.
/// </summary>
internal static class Chance
{
    private const ulong GoldenGamma = 0x9E37_79B9_7F4A_7C15, StreamGamma = 0xD1B5_4A32_D192_ED03;

    /// <summary>A number from 0 to below 1.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="index">The token's index.</param>
    /// <param name="stream">Which of the numbers of that token.</param>
    internal static double Uniform(ulong seed, long index, ulong stream = 0) =>
        (Mix((Mix(seed + GoldenGamma) ^ (stream * StreamGamma)) + (ulong)(index + 1) * GoldenGamma) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
