using System.Text;

namespace WasmChord.Training.Stories;

/// <summary>
/// Keeps combinations of plot, name, object and place out of the training text, so that stories about them test whether
/// a model learned the grammar or the text. One combination in eight is kept out; the choice is a hash, not a list.
/// </summary>
public static class HeldOut
{
    /// <summary>True where no training story may be about this combination.</summary>
    public static bool Contains(StoryBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        string key = $"{binding.Plot.Name}|{binding['A']}|{binding['C']}|{binding['O']}|{binding['P']}";
        // FNV-1a, 64 bits, folded by SplitMix's finalizer through StoryRandom.
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(key)) hash = (hash ^ b) * 1099511628211;
        return new StoryRandom(hash).Next(8) == 0;
    }
}
