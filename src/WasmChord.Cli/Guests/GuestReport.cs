using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What came of <c>guest run</c>.</summary>
/// <param name="Result">What the function returned: a number, several, or null.</param>
/// <param name="FuelUsed">Instructions, about; null where they were not counted.</param>
/// <param name="Leases">Layers acquired.</param>
/// <param name="LeasesHeld">Of those, how many it had not given back when it ended.</param>
/// <param name="Reads">Calls that copied weights.</param>
/// <param name="BytesRead">Bytes copied into its memory.</param>
/// <param name="ErrorCodes">Host calls that answered with a code.</param>
/// <param name="Log">What it logged.</param>
/// <param name="End">How it ended.</param>
/// <param name="Trap">Why, when it did not return.</param>
/// <param name="PeakResidentBytes">The most that weights filled.</param>
internal sealed record GuestReport(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] JsonNode? Result,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? FuelUsed,
    int Leases,
    int LeasesHeld,
    long Reads,
    long BytesRead,
    long ErrorCodes,
    string Log,
    string End,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Trap,
    long PeakResidentBytes) : IReport
{
    /// <summary>The report of a call.</summary>
    public static GuestReport From(GuestResult result, RunningModel running) => new(
        result.Values.Count switch
        {
            0 => null,
            1 => Node(result.Values[0]),
            _ => new JsonArray([.. result.Values.Select(Node)]),
        },
        result.FuelUsed, result.Leases, result.LeasesHeld, result.Reads, result.BytesRead, result.Errors, result.Log,
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(result.End.ToString()),
        result.HasReturned ? null : result.Text, running.PeakResidentBytes);

    /// <inheritdoc/>
    public void WriteText(TextWriter text)
    {
        if (Log.Length > 0) text.WriteLine(Log.TrimEnd('\n'));
        if (Trap is not null) text.WriteLine($"{End}: {Trap}");
        else text.WriteLine(Result?.ToJsonString() ?? "done");
        string fuel = FuelUsed is { } used ? string.Create(CultureInfo.InvariantCulture, $"{used:N0} instructions, ") : "";
        text.WriteLine($"{fuel}{Leases} layers acquired, {ByteSize.Format(BytesRead)} copied in {Reads} reads, {ErrorCodes} errors; peak resident {ByteSize.Format(PeakResidentBytes)}");
    }

    // JSON has no infinities.
    private static JsonNode Node(GuestValue value) => value.Kind switch
    {
        GuestValueType.I32 or GuestValueType.I64 => JsonValue.Create(value.Bits),
        _ when double.IsFinite(value.AsDouble()) => JsonValue.Create(value.AsDouble()),
        _ => JsonValue.Create(value.ToString()),
    };
}
