namespace WasmChord.Inference.Tests;

/// <summary>It is always five past nine on the fourth of July 2025.</summary>
internal sealed class StoppedClock : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => new(2025, 7, 4, 9, 5, 3, TimeSpan.Zero);
}
