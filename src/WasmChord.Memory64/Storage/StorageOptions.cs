namespace WasmChord.Memory64;

/// <summary>How a model file is opened.</summary>
/// <param name="Mode">Which way to read; <see cref="StorageMode.Auto"/> lets a short probe decide.</param>
/// <param name="RequestBytes">
/// Longest single request to the operating system, in bytes; a multiple of 4,096. Of 1, 2, 4 and 8 MiB the longest was
/// the fastest for direct reads with one, two and four threads, and cost the least processor time
/// (<c>bench/WasmChord.Bench.Io</c>); buffered reads show no preference.
/// </param>
/// <param name="KeepPageCache">
/// True lets buffered reads stay in the page cache; false drops them after each read, since what is resident is the
/// engine's to decide and a cyclic scan over more than the cache evicts every page just before it is needed.
/// </param>
public sealed record StorageOptions(
    StorageMode Mode = StorageMode.Auto,
    int RequestBytes = StorageOptions.DefaultRequestBytes,
    bool KeepPageCache = false)
{
    /// <summary>The default of <see cref="RequestBytes"/>.</summary>
    public const int DefaultRequestBytes = 8 << 20;

    /// <summary>The longest request that may be set.</summary>
    public const int MaxRequestBytes = 64 << 20;

    /// <summary>Every setting at its default.</summary>
    public static StorageOptions Default { get; } = new();

    /// <summary>Throws where a setting is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the setting and its range.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Mode)) throw new ArgumentOutOfRangeException(nameof(Mode), Mode, "not a storage mode");
        if (RequestBytes is < 4096 or > MaxRequestBytes || RequestBytes % 4096 != 0)
            throw new ArgumentOutOfRangeException(nameof(RequestBytes), RequestBytes, $"must be a multiple of 4096 from 4096 to {MaxRequestBytes}");
    }
}
