namespace WasmChord.Memory64.Tests.Guests;

/// <summary>A module that means harm.</summary>
/// <param name="Attempt">What it attempts, for people; the part before the colon is its family.</param>
/// <param name="Bytes">The binary, or what pretends to be one.</param>
/// <param name="Outcome">What must come of it.</param>
public sealed record HostileModule(string Attempt, byte[] Bytes, HostileOutcome Outcome)
{
    /// <summary>The function to call.</summary>
    public const string Entry = "run";

    /// <summary>The family that the attempt belongs to.</summary>
    public string Family => Attempt[..Attempt.IndexOf(':', StringComparison.Ordinal)];

    public override string ToString() => Attempt;
}
