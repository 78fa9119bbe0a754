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
    public static IStorage Open(string path, StorageOptions options, out string decision)
    {
        options.Validate();
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
            StorageProbe probe = StorageProbe.Measure(direct, buffered);
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
