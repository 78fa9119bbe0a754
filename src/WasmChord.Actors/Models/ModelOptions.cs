using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>What differs from the settings <c>wasmchord.model</c> for one model. Null keeps the setting.</summary>
public sealed record ModelOptions
{
    /// <summary>Everything as set.</summary>
    public static ModelOptions Default { get; } = new();

    /// <summary>Memory for the model.</summary>
    public BudgetSpec? Budget { get; init; }

    /// <summary>Which segments stay.</summary>
    public EvictionPolicyKind? Policy { get; init; }

    /// <summary>In which form weights are kept.</summary>
    public ResidencyFormat? Format { get; init; }

    /// <summary>One region, or several.</summary>
    public RegionLayoutKind? Regions { get; init; }

    /// <summary>A model of at most this many tensor bytes is loaded in full when it fits.</summary>
    public long? ResidentThresholdBytes { get; init; }

    /// <summary>How files are read.</summary>
    public StorageMode? StorageMode { get; init; }

    /// <summary>When memory is touched for the first time.</summary>
    public PopulateMode? Populate { get; init; }

    /// <summary>Whether anything is remembered from run to run.</summary>
    public bool? Sidecar { get; init; }

    /// <summary>The folder of what is remembered from run to run; empty for the user's cache folder.</summary>
    public string? SidecarDirectory { get; init; }

    /// <summary>Size of tiles in bytes.</summary>
    public long? TileBytes { get; init; }

    /// <summary>Opens a file of the model in place of <see cref="Storage"/>: tests give a faulty one.</summary>
    public Func<string, StorageOptions, IStorage>? OpenStorage { get; init; }

    /// <summary>Any other change to the settings, applied last.</summary>
    public Func<ModelSettings, ModelSettings>? Configure { get; init; }

    /// <summary>The settings with these changes.</summary>
    public ModelSettings Apply(ModelSettings settings)
    {
        ModelSettings changed = settings with
        {
            Budget = Budget ?? settings.Budget,
            Policy = Policy ?? settings.Policy,
            Populate = Populate ?? settings.Populate,
            Sidecar = settings.Sidecar with
            {
                IsEnabled = Sidecar ?? settings.Sidecar.IsEnabled,
                Directory = SidecarDirectory ?? settings.Sidecar.Directory,
            },
            ResidentThresholdBytes = ResidentThresholdBytes ?? settings.ResidentThresholdBytes,
            Image = settings.Image with
            {
                Format = Format ?? settings.Image.Format,
                Regions = Regions ?? settings.Image.Regions,
                TileBytes = TileBytes ?? settings.Image.TileBytes,
            },
            Storage = settings.Storage with
            {
                Options = settings.Storage.Options with { Mode = StorageMode ?? settings.Storage.Options.Mode },
            },
        };
        return Configure?.Invoke(changed) ?? changed;
    }
}
