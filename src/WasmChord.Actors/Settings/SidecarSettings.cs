using Akka.Configuration;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>What is remembered of a model from run to run: <c>wasmchord.model.sidecar</c>.</summary>
/// <param name="IsEnabled">Whether anything is.</param>
/// <param name="Directory">The folder; empty for <see cref="SidecarStore.DefaultDirectory"/>.</param>
/// <param name="WarmStart">Whether a cache begins by reading what was used most.</param>
/// <param name="SaveInterval">Time between savings of a model that stays open.</param>
/// <param name="SaveTimeout">How long closing a model waits for the last saving.</param>
/// <param name="ProbeAgainAfter">How long a measure of the storage serves in place of a probe.</param>
public sealed record SidecarSettings(bool IsEnabled, string Directory, bool WarmStart, TimeSpan SaveInterval, TimeSpan SaveTimeout, TimeSpan ProbeAgainAfter)
{
    /// <summary>Parses and validates the section.</summary>
    /// <exception cref="ConfigurationException">A value is missing or out of range; the message names its key.</exception>
    public static SidecarSettings Parse(Config config)
    {
        SettingReader read = new(config, "wasmchord.model.sidecar");
        return new SidecarSettings(read.Boolean("mode"), read.Text("directory"), read.Boolean("warm-start"),
            read.Duration("save-interval"), read.Duration("save-timeout"), read.Duration("probe-again-after"));
    }
}
