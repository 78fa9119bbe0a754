using Akka.Configuration;

namespace WasmChord.Actors;

/// <summary>How an automatic node budget follows the machine: <c>wasmchord.budget-watch</c>. The defaults are those of <c>reference.conf</c>.</summary>
public sealed record BudgetWatchSettings
{
    /// <summary>Whether it does.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>Time between looks at the machine.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>Looks in a row with room before the budget grows.</summary>
    public required int GrowAfter { get; init; }

    /// <summary>Percent of time that tasks wait for memory, from which on the budget shrinks.</summary>
    public required int PressurePercent { get; init; }

    /// <summary>Parses and validates the section.</summary>
    /// <exception cref="ConfigurationException">A value is missing or out of range; the message names its key.</exception>
    public static BudgetWatchSettings Parse(Config config)
    {
        SettingReader read = new(config, "wasmchord.budget-watch");
        return new BudgetWatchSettings
        {
            IsEnabled = read.Boolean("enabled"),
            Interval = read.Duration("interval"),
            GrowAfter = read.Int("grow-after", 1, 10_000),
            PressurePercent = read.Int("pressure-limit", 1, 100),
        };
    }
}
