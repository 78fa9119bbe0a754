namespace WasmChord.Bench.Compare;

/// <summary>
/// The most that a limit allows: what cannot be resident must be read once a wave, at the rate of storage, and a wave gives
/// each user a token; nor can it be faster than with the model in memory.
/// </summary>
/// <param name="MissingBytes">Bytes of a wave's weights beyond what may be resident.</param>
/// <param name="StorageBytesPerSecond">What storage gave in this run.</param>
/// <param name="Users">Tokens that a wave gives.</param>
/// <param name="InMemory">Tokens per second with the model in memory; null where that was not measured.</param>
internal readonly record struct ResidencyBound(long MissingBytes, double StorageBytesPerSecond, int Users, double? InMemory)
{
    /// <summary>The bound where <paramref name="residentBytes"/> of <paramref name="waveBytes"/> may be resident.</summary>
    public static ResidencyBound Of(long waveBytes, long residentBytes, double storageBytesPerSecond, int users, double? inMemory) =>
        new(Math.Max(0, waveBytes - residentBytes), storageBytesPerSecond, users, inMemory);

    /// <summary>Tokens per second of all users together; infinite where nothing is missing and nothing else is known.</summary>
    public double TokensPerSecond
    {
        get
        {
            double reading = MissingBytes == 0 ? double.PositiveInfinity : Users * StorageBytesPerSecond / MissingBytes;
            return InMemory is { } most ? Math.Min(most, reading) : reading;
        }
    }
}
