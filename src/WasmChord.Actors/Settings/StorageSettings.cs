using Akka.Configuration;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>How model files are read: <c>wasmchord.model.storage</c>.</summary>
/// <param name="Options">Mode and request size.</param>
/// <param name="MaxRetries">How often a read that failed with an I/O error is repeated.</param>
/// <param name="RetryBackoff">The pause before the first repetition; doubled each time.</param>
public sealed record StorageSettings(StorageOptions Options, int MaxRetries, TimeSpan RetryBackoff)
{
    /// <summary>Parses and validates the section.</summary>
    /// <exception cref="ConfigurationException">A value is missing or out of range; the message names its key.</exception>
    public static StorageSettings Parse(Config config)
    {
        SettingReader read = new(config, "wasmchord.model.storage");
        StorageOptions options = new(read.Enum<StorageMode>("mode"), (int)read.Bytes("request-size", 4096, StorageOptions.MaxRequestBytes),
            read.Boolean("keep-page-cache"));
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException($"wasmchord.model.storage: {e.Message}", e);
        }

        return new StorageSettings(options, read.Int("max-retries", 0, 100), read.Duration("retry-backoff"));
    }
}
