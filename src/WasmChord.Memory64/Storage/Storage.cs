using System.Globalization;

namespace WasmChord.Memory64;

/// <summary>Opens model files.</summary>
public static class Storage
{
    /// <summary>Opens a file in the way that the options ask for.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">
    /// <see cref="StorageMode.Direct"/> falls back to buffered where the file system refuses;
    /// <see cref="StorageMode.Auto"/> chooses by a short probe, and reads small files buffered without one.
    /// </param>
    /// <param name="decision">How it is read and why, for logs.</param>
    /// <returns>The open file; the caller disposes it.</returns>
    /// <exception cref="StorageException"><see cref="StorageError.CannotOpen"/>.</exception>
    public static IStorage Open(string path, StorageOptions options, out string decision) => Open(path, options, null, out decision, out _);

    /// <summary>The same, where an earlier run may have measured the file already: a probe reads 32 MiB.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How.</param>
    /// <param name="remembered">What was measured then; used in place of a probe if the file is still the same.</param>
    /// <param name="decision">How it is read and why, for logs.</param>
    /// <param name="measure">What was measured now or then; null where nothing had to be.</param>
    /// <returns>The open file; the caller disposes it.</returns>
    /// <exception cref="StorageException"><see cref="StorageError.CannotOpen"/>.</exception>
    public static IStorage Open(string path, StorageOptions options, RememberedStorage? remembered, out string decision, out StorageMeasure? measure)
    {
        options.Validate();
        measure = null;
        if (options.Mode == StorageMode.Buffered)
        {
            decision = "buffered: as set";
            return BufferedStorage.Open(path, options);
        }
        BufferedStorage buffered = BufferedStorage.Open(path, options);
        DirectStorage? direct = null;
        IStorage? chosen = null;
        try
        {
            if (options.Mode == StorageMode.Auto && buffered.Length < StorageProbe.SmallestProbedBytes)
            {
                decision = $"buffered: {buffered.Length} bytes are too few to probe";
                return chosen = buffered;
            }
            if (!DirectStorage.TryOpen(path, options, out direct, out string refusal))
            {
                decision = $"buffered: {refusal}";
                return chosen = buffered;
            }
            if (options.Mode == StorageMode.Direct)
            {
                decision = "direct: as set";
                return chosen = direct;
            }
            if (remembered is not null && remembered.Identity == buffered.Identity)
            {
                measure = remembered.Measure;
                decision = string.Create(CultureInfo.InvariantCulture,
                    $"{(remembered.Measure.Choice == StorageMode.Direct ? "direct" : "buffered")}: an earlier run measured {remembered.Measure.DirectRate / 1e9:0.00} GB/s direct, {remembered.Measure.BufferedRate / 1e9:0.00} GB/s buffered");
                return chosen = remembered.Measure.Choice == StorageMode.Direct ? direct : buffered;
            }
            StorageProbe probe = StorageProbe.Measure(direct, buffered);
            measure = probe.Measured;
            decision = probe.ToString();
            return chosen = probe.Choice == StorageMode.Direct ? direct : buffered;
        }
        finally
        {
            if (chosen != buffered) buffered.Dispose();
            if (chosen != direct) direct?.Dispose();
        }
    }
}
