using System.Text.Json.Serialization;

namespace WasmChord.Cli;

/// <summary>Every result of the tool as JSON: snake-case keys, absent where there is no value. Generated, so that start-up reflects on nothing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorObject))]
[JsonSerializable(typeof(InspectReport))]
[JsonSerializable(typeof(DumpReport))]
[JsonSerializable(typeof(StreamReport))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(QuantizeReport))]
[JsonSerializable(typeof(SplitReport))]
[JsonSerializable(typeof(GenerateReport))]
[JsonSerializable(typeof(ChatReport))]
[JsonSerializable(typeof(LogitsReport))]
[JsonSerializable(typeof(PerplexityReport))]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(TokenizeReport))]
[JsonSerializable(typeof(DetokenizeReport))]
[JsonSerializable(typeof(GuestReport))]
[JsonSerializable(typeof(GuestModuleReport))]
internal sealed partial class ToolJson : JsonSerializerContext;
