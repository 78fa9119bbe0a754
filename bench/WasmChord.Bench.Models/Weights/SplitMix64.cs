using System.Text;

namespace WasmChord.Bench.Models;

/// <summary>
/// The generator SplitMix64 (Steele, Lea and Flood, 2014): for seeds and small amounts. Each seed gives one sequence.
/// </summary>
internal struct SplitMix64(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Mix(_state += Step);

    /// <summary>A seed for one tensor of a model; different names give unrelated sequences.</summary>
    public static ulong SeedOf(ulong modelSeed, string name)
    {
        ulong seed = Mix(modelSeed + Step);
        foreach (byte b in Encoding.UTF8.GetBytes(name)) seed = Mix(seed + Step + b);
        return seed;
    }

    /// <summary>A seed for one chunk of a tensor.</summary>
    public static ulong SeedOf(ulong tensorSeed, long chunkIndex) => Mix(tensorSeed + Step * (ulong)(chunkIndex + 1));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
